// Usage: dotnet run -- [BASE_URL [PATH_OF_SOMETHING_REMOVED]]. .NET 8, without packages.
using System.Net;
using System.Text;
using System.Text.Json;

var http = new HttpClient
{
    BaseAddress = new Uri(args.Length > 0 ? args[0] : "http://127.0.0.1:8080"),
    Timeout = TimeSpan.FromSeconds(2),
};
http.DefaultRequestHeaders.Add("Accept", "application/json");
http.DefaultRequestHeaders.Add("nhn-event-id", Guid.NewGuid().ToString()); // or pass on the one that your caller sent

// Asks, again where that can help. 304, 404 and 410 are answers.
async Task<(HttpStatusCode Status, string? ETag, JsonElement Value)> Fest(string path, object? question = null, string? etag = null)
{
    for (var attempt = 0; attempt < 4; attempt++)
    {
        var pause = TimeSpan.Zero;
        try
        {
            using var request = new HttpRequestMessage(question is null ? HttpMethod.Get : HttpMethod.Post, path);
            if (question is not null)
            {
                request.Content = new StringContent(JsonSerializer.Serialize(question), Encoding.UTF8, "application/json");
            }
            if (etag is not null)
            {
                request.Headers.TryAddWithoutValidation("If-None-Match", etag);
            }
            using var response = await http.SendAsync(request);
            if ((int)response.StatusCode is not (429 or 500 or 502 or 503 or 504))
            {
                var text = await response.Content.ReadAsStringAsync();
                var value = text == "" ? default : JsonDocument.Parse(text).RootElement.Clone();
                return (response.StatusCode, response.Headers.ETag?.ToString(), value);
            }
            pause = response.Headers.RetryAfter?.Delta ?? TimeSpan.Zero;
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException)
        {
            // no connection, or a timeout: ask again
        }
        await Task.Delay(pause + TimeSpan.FromMilliseconds(Random.Shared.Next(100 << attempt))); // full jitter
    }
    throw new TimeoutException("the FEST service is not available");
}

// Look up by id.
const string drug = "/v1/drugs/ID_1102085A-3532-87A3-A883-3AE9BB6973D9";
var got = await Fest(drug);
Console.WriteLine($"drug: {got.Value.GetProperty("nameFormStrength").GetString()}");

// Ask again only for what has changed: 304 has no body.
Console.WriteLine($"again: {(int)(await Fest(drug, etag: got.ETag)).Status}");

// Search as people type.
var found = await Fest("/v1/search?limit=1&q=" + Uri.EscapeDataString("paracet 500"));
Console.WriteLine($"search: {found.Value.GetProperty("items")[0].GetProperty("display").GetString()}");

// Many entries in one call; each line has a status of its own.
var many = await Fest("/v1/lookups", new
{
    lines = new[]
    {
        new { resource = "doses", key = "ID_324F5FB5-7B30-81CF-99A6-BAB8123B72EC" },
        new { resource = "drugs", key = "ID_NONE" },
    },
});
Console.WriteLine("lookups: " + string.Join(' ', many.Value.GetProperty("lines").EnumerateArray().Select(l => l.GetProperty("status").GetInt32())));

// Check interactions of a list.
var check = await Fest("/v1/interaction-checks", new { lines = new object[] { new { id = "ID_1102085A-3532-87A3-A883-3AE9BB6973D9" }, new { atc = "M01AE01" } } });
Console.WriteLine($"interaction: {check.Value.GetProperty("interactions")[0].GetProperty("relevance").GetProperty("display").GetString()}");

// What was in FEST and no longer is: 410, with what it said last.
if (args.Length > 1)
{
    var problem = await Fest(args[1]);
    Console.WriteLine($"removed: {(int)problem.Status} {problem.Value.GetProperty("lastContent").GetProperty("id").GetString()}");
}

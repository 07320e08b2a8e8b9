import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Usage: java Lookup.java [BASE_URL [PATH_OF_SOMETHING_REMOVED]]. Java 17, without libraries. */
public class Lookup {
    static final HttpClient HTTP = HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();
    static final String EVENT = UUID.randomUUID().toString(); // or pass on the one that your caller sent
    static final Set<Integer> TEMPORARY = Set.of(429, 500, 502, 503, 504);
    static String base = "http://127.0.0.1:8080";

    /** Asks, again where that can help. 304, 404 and 410 are answers. */
    static HttpResponse<String> fest(String path, String body, String etag) throws InterruptedException, IOException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(base + path)).timeout(Duration.ofSeconds(2))
                .header("Accept", "application/json").header("nhn-event-id", EVENT);
        if (body != null) {
            request.header("Content-Type", "application/json").POST(HttpRequest.BodyPublishers.ofString(body));
        }
        if (etag != null) {
            request.header("If-None-Match", etag);
        }
        for (int attempt = 0; attempt < 4; attempt++) {
            long pause = 0;
            try {
                HttpResponse<String> r = HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString());
                if (!TEMPORARY.contains(r.statusCode())) {
                    return r;
                }
                pause = 1000 * r.headers().firstValueAsLong("Retry-After").orElse(0);
            } catch (IOException e) {
                // no connection, or a timeout: ask again
            }
            Thread.sleep(pause + ThreadLocalRandom.current().nextLong(100L << attempt)); // full jitter
        }
        throw new IOException("the FEST service is not available");
    }

    /** The first value of a member after a place. A JSON library does this better; this needs none. */
    static String first(String json, String after, String member) {
        Matcher m = Pattern.compile("\"" + member + "\":\"?([^\",}]*)").matcher(json);
        return m.find(Math.max(0, json.indexOf("\"" + after + "\""))) ? m.group(1) : "";
    }

    public static void main(String[] args) throws Exception {
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        if (args.length > 0) {
            base = args[0];
        }

        // Look up by id.
        String drug = "/v1/drugs/ID_1102085A-3532-87A3-A883-3AE9BB6973D9";
        HttpResponse<String> got = fest(drug, null, null);
        Matcher name = Pattern.compile("\"nameFormStrength\":\"([^\"]*)\"").matcher(got.body());
        out.println("drug: " + (name.find() ? name.group(1) : ""));

        // Ask again only for what has changed: 304 has no body.
        out.println("again: " + fest(drug, null, got.headers().firstValue("ETag").orElse(null)).statusCode());

        // Search as people type.
        String query = URLEncoder.encode("paracet 500", StandardCharsets.UTF_8);
        out.println("search: " + first(fest("/v1/search?limit=1&q=" + query, null, null).body(), "items", "display"));

        // Many entries in one call; each line has a status of its own.
        String lines = fest("/v1/lookups", """
                {"lines": [
                  {"resource": "doses", "key": "ID_324F5FB5-7B30-81CF-99A6-BAB8123B72EC"},
                  {"resource": "drugs", "key": "ID_NONE"}
                ]}""", null).body();
        StringBuilder statuses = new StringBuilder("lookups:");
        for (Matcher m = Pattern.compile("\"status\":(\\d+)").matcher(lines); m.find();) {
            statuses.append(' ').append(m.group(1));
        }
        out.println(statuses);

        // Check interactions of a list.
        String check = fest("/v1/interaction-checks", """
                {"lines": [{"id": "ID_1102085A-3532-87A3-A883-3AE9BB6973D9"}, {"atc": "M01AE01"}]}""", null).body();
        out.println("interaction: " + first(check, "relevance", "display"));

        // What was in FEST and no longer is: 410, with what it said last.
        if (args.length > 1) {
            HttpResponse<String> problem = fest(args[1], null, null);
            out.println("removed: " + problem.statusCode() + " " + first(problem.body(), "lastContent", "id"));
        }
    }
}

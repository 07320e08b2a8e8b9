package endtoend_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/hex"
	"encoding/pem"
	"fmt"
	"io"
	"io/fs"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/festd/festd/internal/pgtest"
	"github.com/festd/festd/internal/sample"
)

// vault has the secrets of a run, by what they are.
type vault struct {
	t       *testing.T
	secrets map[string]string
	seen    int // places that were looked at
}

// secret makes one that is found nowhere by chance.
func (v *vault) secret(what string) string {
	v.t.Helper()
	b := make([]byte, 18)
	if _, err := rand.Read(b); err != nil {
		v.t.Fatal(err)
	}
	v.secrets[what] = "s3-" + hex.EncodeToString(b)
	return v.secrets[what]
}

// none checks that a place has none of the secrets, in no way that programs
// write them.
func (v *vault) none(place, text string) {
	v.t.Helper()
	v.seen++
	for what, s := range v.secrets {
		for _, form := range []string{s, base64.StdEncoding.EncodeToString([]byte(s)), hex.EncodeToString([]byte(s))} {
			if at := strings.Index(text, form); at >= 0 {
				v.t.Errorf("%s has %s: %.120q", place, what, text[max(0, at-80):])
			}
		}
	}
}

// No secret in logs, metrics, errors, answers, files or process arguments: a
// whole run at the most talkative level, with what works and what does not.
func TestNoSecretAnywhere(t *testing.T) {
	t.Parallel()
	v := &vault{t: t, secrets: map[string]string{}}
	dir := t.TempDir()
	path := func(name string) string { return filepath.Join(dir, name) }
	put := func(name, text string) string {
		t.Helper()
		if err := os.WriteFile(path(name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path(name)
	}

	// What the server is given.
	cluster := pgtest.Start(t)
	database := cluster.Database(t, "") + " password=" + v.secret("the password of the database")
	file := path("fest251.zip")
	if err := sample.Small(sample.DefaultRetrieved()).WriteFile(file); err != nil {
		t.Fatal(err)
	}
	user, signature := v.secret("the password of the source"), v.secret("the signature in the source's URL")
	var asked atomic.Int32
	origin := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, p, _ := r.BasicAuth(); p != user || r.URL.Query().Get("sig") != signature {
			http.Error(w, "who are you", http.StatusForbidden)
			return
		}
		asked.Add(1)
		switch r.URL.Path {
		case "/moved.zip":
			http.Redirect(w, r, "http://elsewhere.invalid/?sig="+signature, http.StatusFound)
		case "/fest251.zip":
			http.ServeFile(w, r, file)
		default: // quotes what it was asked for
			http.Error(w, "no "+r.URL.String(), http.StatusNotFound)
		}
	}))
	t.Cleanup(origin.Close)
	source := strings.Replace(origin.URL, "http://", "http://fest:"+user+"@", 1) + "/fest251.zip?sig=" + signature
	key, wrongKey := v.secret("a client's key"), v.secret("a wrong key")
	digest := sha256.Sum256([]byte(key))
	keys := put("keys.json", fmt.Sprintf(`[{"name":"sfm","sha256":%q,"quota":0}]`, hex.EncodeToString(digest[:])))
	admin, reader, guess := v.secret("the administrators' token"), v.secret("Prometheus' token"), v.secret("a wrong token")
	adminFile, readerFile := put("admin", "kari "+admin+"\n"), put("ops", reader+"\n")
	cert, private := selfSigned(t)
	block, _ := pem.Decode(private)
	v.secrets["the private key"] = string(block.Bytes)
	for i, line := range strings.Split(strings.TrimSpace(string(private)), "\n")[1:3] {
		v.secrets[fmt.Sprint("line ", i, " of the private key")] = line
	}
	certFile, keyFile := put("tls.crt", string(cert)), put("tls.key", string(private))
	data := path("data")
	environment := []string{
		"FEST_DATA_DIR=" + data, "FEST_DATABASE_URL=" + database, "FEST_SOURCE=" + source, "FEST_SOURCE_PROXY=none", "FEST_POLL=1s",
		"FEST_API_KEYS=" + keys, "FEST_ADMIN_TOKEN_FILE=" + adminFile, "FEST_OPS_TOKEN_FILE=" + readerFile,
		"FEST_TLS_CERT=" + certFile, "FEST_TLS_KEY=" + keyFile, "FEST_OPS_TLS_CERT=" + certFile, "FEST_OPS_TLS_KEY=" + keyFile,
		"FEST_LOG_LEVEL=debug", "FEST_SAMPLE=off",
	}
	command := func(env []string, args ...string) *process {
		cmd := exec.Command(program(t), args...)
		cmd.Env = env
		return launch(t, cmd)
	}

	s := command(environment, "serve", "--listen", "127.0.0.1:0", "--ops-listen", "127.0.0.1:0")
	at := s.says(listening)
	public, ops := at[1], at[2]
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(cert)
	client := &http.Client{Timeout: 20 * time.Second, Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}}}
	t.Cleanup(client.CloseIdleConnections)
	get := func(method, target, body string, header ...string) int {
		t.Helper()
		req, err := http.NewRequestWithContext(t.Context(), method, target, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		for i := 0; i < len(header); i += 2 {
			req.Header.Set(header[i], header[i+1])
		}
		resp, err := client.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		text, err := io.ReadAll(resp.Body)
		if err != nil {
			t.Fatal(err)
		}
		v.none(fmt.Sprint("the answer to ", method, " ", target), fmt.Sprint(resp.Header, string(text)))
		return resp.StatusCode
	}
	eventually(t, "what the source gave is served", patience, func() bool { return get("GET", public+"/healthz", "") == http.StatusOK })

	if _, err := (&http.Client{Timeout: 20 * time.Second}).Get(public + "/healthz"); err == nil { // the log has why, at level debug
		t.Error("a client that does not know the authority trusts the server")
	}

	// What works, and what does not.
	for _, c := range []struct {
		want         int
		method, path string
		header       []string
	}{
		{200, "GET", "/v1/drugs", []string{"X-Api-Key", key}}, {200, "GET", "/v1/search?q=para", []string{"Authorization", "Bearer " + key}},
		{401, "GET", "/v1/drugs", []string{"X-Api-Key", wrongKey}}, {401, "GET", "/", []string{"Authorization", "Bearer " + guess}},
		{404, "GET", "/v1/drugs/none", []string{"X-Api-Key", key}}, {400, "GET", "/v1/drugs?x=y", []string{"X-Api-Key", key}},
		{200, "GET", "/v1/releases", nil}, {200, "GET", "/v1/releases/1/verdict", nil}, {200, "GET", "/openapi.yaml", nil}, {405, "POST", "/v1/drugs", nil},
	} {
		if got := get(c.method, public+c.path, "", c.header...); got != c.want {
			t.Errorf("%s %s: %d, want %d", c.method, c.path, got, c.want)
		}
	}
	act := `{"by":"Kari","reason":"trying"}`
	for _, c := range []struct {
		want               int
		method, path, body string
		token              string
	}{
		{200, "GET", "/metrics", "", reader}, {401, "GET", "/metrics", "", guess}, {401, "GET", "/metrics", "", key}, {200, "GET", "/readyz", "", reader},
		{200, "GET", "/debug/pprof/cmdline", "", admin}, {200, "GET", "/debug/pprof/goroutine?debug=2", "", admin}, {200, "GET", "/debug/pprof/heap?debug=1", "", admin},
		{403, "GET", "/debug/pprof/cmdline", "", reader}, {200, "GET", "/admin/v1/releases", "", admin}, {200, "GET", "/admin/v1/releases/1", "", admin},
		{200, "POST", "/admin/v1/freeze", act, admin}, {200, "POST", "/admin/v1/unfreeze", act, admin}, {403, "POST", "/admin/v1/freeze", act, reader},
		{401, "POST", "/admin/v1/freeze", act, guess}, {409, "POST", "/admin/v1/unfreeze", act, admin}, {404, "POST", "/admin/v1/releases/99/approve", act, admin},
		{200, "GET", "/admin/v1/audit", "", admin},
	} {
		if got := get(c.method, ops+c.path, c.body, "Authorization", "Bearer "+c.token); got != c.want {
			t.Errorf("%s %s: %d, want %d", c.method, c.path, got, c.want)
		}
	}
	if p := command(environment, "healthcheck", "--listen", strings.TrimPrefix(public, "https://")); p.wait() != 0 || p.output() != "healthy\n" {
		t.Errorf("the container's own check over TLS: %s%s", p.output(), p.tail(9))
	}
	for _, proc := range []string{"cmdline", "comm"} {
		text, err := os.ReadFile(fmt.Sprintf("/proc/%d/%s", s.cmd.Process.Pid, proc))
		if err != nil {
			t.Fatal(err)
		}
		v.none("/proc/PID/"+proc, string(text))
	}
	// Files that break while it runs are told of, and not quoted.
	put("keys.json", `[{"name":"sfm","sha256":"`+key+`"}]`)
	put("admin", "too many words "+admin+"\n")
	put("tls.key", strings.Replace(string(private), "\n", "\n!", 2))
	for i := range 3 {
		eventually(t, "broken files are noticed", patience, func() bool {
			get("GET", public+"/v1", "", "X-Api-Key", key)
			get("GET", ops+"/metrics", "", "Authorization", "Bearer "+reader)
			return strings.Count(s.tail(1<<20), "a changed file was not taken") > i
		})
	}
	s.signal(syscall.SIGTERM)
	s.wait()
	v.none("what the server logged", s.tail(1<<20))
	v.none("what the server printed", s.output())
	if log := s.tail(1 << 20); !strings.Contains(log, "level=DEBUG") || !strings.Contains(log, "msg=request ") || !strings.Contains(log, "administration attempted") {
		t.Error("the log is not that of a talkative run")
	}

	// Commands, right and wrong, with the same environment.
	nowhere := append([]string{"FEST_DATABASE_URL=postgres://fest:" + v.secrets["the password of the database"] + "@127.0.0.1:1/fest?connect_timeout=2"}, environment...)
	for i, e := range nowhere[1:] {
		if strings.HasPrefix(e, "FEST_DATABASE_URL=") {
			nowhere[i+1] = "FEST_KEEP_DAYS=400"
		}
	}
	broken := append([]string{"FEST_DATABASE_URL=postgres://fest:" + v.secrets["the password of the database"] + "@[/fest", "FEST_SOURCE_PROXY=ftp://x:" + user + "@y"}, "FEST_DATA_DIR="+data)
	imports := func(url string) *process {
		return command(append(slices.Clip(environment), "FEST_IMPORT_FILE="+url), "import")
	}
	for name, p := range map[string]*process{
		"version": command(environment, "version"), "help": command(environment, "serve", "--help"), "releases": command(environment, "releases", "list"),
		"keys": command(environment, "keys", "show", keys), "a flag that is none": command(environment, "serve", "--lisen", "x"),
		"broken files":            command(environment, "serve", "--listen", "127.0.0.1:0", "--ops-listen", "127.0.0.1:0"),
		"a database that is away": command(nowhere, "releases", "list"), "a URL that is none": command(broken, "serve"),
		"an import that is refused":       imports(strings.Replace(origin.URL, "http://", "http://fest:wrong@", 1) + "/x.zip?sig=" + signature),
		"an import that finds nothing":    imports(strings.Replace(source, "/fest251.zip", "/gone.zip", 1)),
		"an import that is led elsewhere": imports(strings.Replace(source, "/fest251.zip", "/moved.zip", 1)),
	} {
		p.wait()
		v.none("what "+name+" said", p.output()+p.tail(1<<20))
	}
	// A secret in the arguments is refused, and not repeated.
	for variable, args := range map[string][]string{"FEST_DATABASE_URL": {"serve", "--database-url", database}, "FEST_IMPORT_FILE": {"import", source}} {
		code, stdout, stderr := run(t, args...)
		if code != 1 || !strings.Contains(stderr, variable) {
			t.Errorf("a password in the arguments: %d %s", code, stderr)
		}
		v.none("what a refused command line said", stdout+stderr)
	}
	err := filepath.WalkDir(data, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := os.ReadFile(name)
		v.none(name, string(text))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(data, "audit.jsonl"))
	if err != nil || bytes.Count(text, []byte("\n")) < 6 {
		t.Errorf("the audit log: %v\n%s", err, text)
	}
	if v.seen < 50 || asked.Load() < 3 /* the file, a failure, a redirect */ {
		t.Errorf("only %d places were looked at, and the source was asked %d times", v.seen, asked.Load())
	}
}

// selfSigned makes a certificate for 127.0.0.1 and its private key, in PEM.
func selfSigned(t *testing.T) (cert, key []byte) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "festd"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &private.PublicKey, private)
	if err != nil {
		t.Fatal(err)
	}
	bare, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: bare})
}

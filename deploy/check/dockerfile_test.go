package check_test

import (
	"context"
	"encoding/json"
	"testing"

	"github.com/moby/buildkit/client/llb"
	"github.com/moby/buildkit/client/llb/sourceresolver"
	"github.com/moby/buildkit/frontend/dockerfile/dockerfile2llb"
	"github.com/opencontainers/go-digest"
	ocispecs "github.com/opencontainers/image-spec/specs-go/v1"
)

// offline is a registry in which every image is there and says nothing of
// itself.
type offline struct{}

func (offline) ResolveImageConfig(_ context.Context, ref string, _ sourceresolver.Opt) (string, digest.Digest, []byte, error) {
	b, err := json.Marshal(ocispecs.Image{Platform: ocispecs.Platform{OS: "linux", Architecture: "amd64"}})
	return ref, digest.FromBytes(b), b, err
}

func lint(t *testing.T, text []byte) (findings []string) {
	t.Helper()
	source := llb.NewSourceMap(nil, "Dockerfile", "Dockerfile", text)
	source.Definition = &llb.Definition{}
	results, err := dockerfile2llb.DockerfileLint(t.Context(), text, dockerfile2llb.ConvertOpt{
		SourceMap:    source,
		MetaResolver: offline{},
	})
	if err != nil {
		t.Fatal(err)
	}
	if results.Error != nil {
		findings = append(findings, results.Error.Message)
	}
	for _, w := range results.Warnings {
		findings = append(findings, w.RuleName+": "+w.Detail)
	}
	return findings
}

// TestDockerfile: BuildKit, which builds the image, reads the file and has
// nothing to say against it.
func TestDockerfile(t *testing.T) {
	for _, finding := range lint(t, read(t, "Dockerfile")) {
		t.Error(finding)
	}
	for _, bad := range []string{"FROM scratch\nCOPY --from=nowhere /a /b\nFRUM x\n", "FROM scratch as one\nENTRYPOINT /server\n"} {
		if len(lint(t, []byte(bad))) == 0 {
			t.Errorf("nothing was found in %q", bad)
		}
	}
}

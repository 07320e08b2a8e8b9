package api

import (
	"bytes"
	"fmt"
	"io"
	"sync"

	kgzip "github.com/klauspost/compress/gzip"
	"github.com/swaggest/swgui/v5/static"
)

// swaggerFile gives a file of Swagger UI, ready to be sent. The module has it
// compressed; it is unpacked when it is first asked for, for most servers are
// never asked.
type swaggerFile func() (*representation, error)

// swaggerUI is what the page /docs loads beside its own script, as its module
// has it. The page starts it: nothing of the module's own page is used, which
// would need inline scripts.
func swaggerUI() map[string]swaggerFile {
	files := map[string]swaggerFile{}
	for name, kind := range map[string]string{"swagger-ui.css": "text/css; charset=utf-8", "swagger-ui-bundle.js": "text/javascript; charset=utf-8"} {
		files[name] = sync.OnceValues(func() (*representation, error) { return readSwagger(name, kind) })
	}
	return files
}

func readSwagger(name, kind string) (*representation, error) {
	packed, err := static.FS.ReadFile(name + ".gz")
	if err != nil {
		return nil, fmt.Errorf("swagger UI: %w", err)
	}
	r, err := kgzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, fmt.Errorf("swagger UI: %s: %w", name, err)
	}
	body, err := io.ReadAll(r)
	if err != nil {
		return nil, fmt.Errorf("swagger UI: %s: %w", name, err)
	}
	var z bytes.Buffer
	if err := newCompressors().compress(zstandard, &z, body); err != nil {
		return nil, fmt.Errorf("swagger UI: %s: %w", name, err)
	}
	return &representation{contentType: []string{kind}, etag: tagOf(body), body: body, gzip: packed, zstd: z.Bytes()}, nil
}

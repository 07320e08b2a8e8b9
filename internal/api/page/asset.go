package page

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io/fs"
	"path"
)

// AssetPath is where pages look for their assets: this, then the name.
const AssetPath = "/assets/"

// Asset is a file that pages load.
type Asset struct {
	// Type is its media type.
	Type string
	Body []byte
	// ETag is strong and of the body, with its quotes.
	ETag string
}

// assetTypes are the files of the folder that are assets, by their ending.
var assetTypes = map[string]string{
	".css": "text/css; charset=utf-8",
	".js":  "text/javascript; charset=utf-8",
	".svg": "image/svg+xml",
}

// Asset gives the asset of that name; ok is false where there is none.
func (s *Set) Asset(name string) (a *Asset, ok bool) {
	a, ok = s.assets[name]
	return a, ok
}

func (s *Set) readAssets(files fs.FS) error {
	all, err := fs.ReadDir(files, "web")
	if err != nil {
		return fmt.Errorf("page: %w", err)
	}
	for _, f := range all {
		kind, ok := assetTypes[path.Ext(f.Name())]
		if !ok {
			continue
		}
		body, err := fs.ReadFile(files, "web/"+f.Name())
		if err != nil {
			return fmt.Errorf("page: %w", err)
		}
		s.assets[f.Name()] = newAsset(kind, body)
	}
	for lang, texts := range s.texts {
		body, err := json.Marshal(texts)
		if err != nil {
			return fmt.Errorf("page: %w", err)
		}
		s.assets["texts-"+string(lang)+".json"] = newAsset("application/json", body)
	}
	return nil
}

func newAsset(kind string, body []byte) *Asset {
	sum := sha256.Sum256(body)
	return &Asset{Type: kind, Body: body, ETag: `"` + hex.EncodeToString(sum[:16]) + `"`}
}

package main

import (
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/festd/festd/bench/internal/rig"
)

// nginxConfig is nginx at its best for small static files, as one process
// that ends with its parent. %[1]s is the run's folder, %[2]s the address,
// %[3]s the folder of files, %[4]s the headers, %[5]s the user.
const nginxConfig = `daemon off;
master_process off;
%[5]s
pid %[1]s/nginx.pid;
error_log stderr warn;
events { worker_connections 1024; }
http {
  access_log off;
  client_body_temp_path %[1]s/body;
  proxy_temp_path %[1]s/proxy;
  fastcgi_temp_path %[1]s/fastcgi;
  uwsgi_temp_path %[1]s/uwsgi;
  scgi_temp_path %[1]s/scgi;
  sendfile on;
  tcp_nopush on;
  keepalive_requests 1000000000;
  keepalive_timeout 1h;
  open_file_cache max=100000 inactive=1h;
  open_file_cache_valid 1h;
  open_file_cache_min_uses 1;
  server {
    listen %[2]s;
    root %[3]s;
    types { }
    default_type application/json;
%[4]s  }
}
`

// startNginx serves the bodies as static files, with the headers that all
// answers share; its ETag and Last-Modified are its own.
func (b *bench) startNginx(ctx context.Context, c corpus, answers []answer) (*rival, error) {
	nginx, err := tool("nginx")
	if err != nil {
		return nil, err
	}
	dir, err := b.folder("nginx")
	if err != nil {
		return nil, err
	}
	addr, err := rig.FreeAddress(ctx)
	if err != nil {
		return nil, err
	}
	var headers strings.Builder
	for _, name := range slices.Sorted(maps.Keys(answers[0].header)) {
		switch name {
		case "Date", "Content-Length", "Content-Type", "Etag", "Connection":
			continue
		}
		for _, v := range answers[0].header[name] {
			fmt.Fprintf(&headers, "    add_header %s %q;\n", name, v)
		}
	}
	user := ""
	if os.Getuid() == 0 {
		user = "user root;" // its own could not read the run's folder
	}
	conf := filepath.Join(dir, "nginx.conf")
	if err := os.WriteFile(conf, fmt.Appendf(nil, nginxConfig, dir, addr, c.files, headers.String(), user), 0o644); err != nil {
		return nil, err
	}
	p, err := b.start(ctx, command{name: "nginx", args: []string{nginx, "-p", dir, "-c", conf}, cpu: b.serverCPU})
	if err != nil {
		return nil, err
	}
	return b.rival(ctx, "nginx, static files", addr, p, c)
}

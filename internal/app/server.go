package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"syscall"
	"time"
)

// Limits of both listeners. There is no WriteTimeout: it would cut off honest
// slow downloads (DESIGN §8).
const (
	readHeaderTimeout = 5 * time.Second
	readTimeout       = 30 * time.Second
	idleTimeout       = 90 * time.Second
	maxHeaderBytes    = 32 << 10
	// writeByteTimeout closes a connection of HTTP/2 to which nothing at all can
	// be written: the deadlines of its streams end the streams, not what is
	// being written to the connection.
	writeByteTimeout = 30 * time.Second
)

// listener is an HTTP server on its address.
type listener struct {
	name string
	tls  bool
	ln   net.Listener
	srv  *http.Server
	done chan struct{}
}

// listen serves h on the address, over TLS if there is a transport; limit, if
// there is one, wraps the listener.
func listen(ctx context.Context, name, addr string, h http.Handler, secure *transport, limit func(net.Listener) net.Listener, log *slog.Logger) (*listener, error) {
	var lc net.ListenConfig
	ln, err := lc.Listen(ctx, "tcp", addr)
	if errors.Is(err, syscall.EADDRINUSE) {
		flag := map[string]string{"public": "--listen", "ops": "--ops-listen"}[name]
		return nil, fmt.Errorf("%s listener: %s is taken, maybe by another server: choose another address with %s (%w)", name, addr, flag, err)
	}
	if err != nil {
		return nil, fmt.Errorf("%s listener: %w", name, err)
	}
	if limit != nil {
		ln = limit(ln)
	}
	l := &listener{
		name: name,
		tls:  secure != nil,
		ln:   ln,
		srv: &http.Server{
			Handler:           h,
			ReadHeaderTimeout: readHeaderTimeout,
			ReadTimeout:       readTimeout,
			IdleTimeout:       idleTimeout,
			MaxHeaderBytes:    maxHeaderBytes,
			HTTP2:             &http.HTTP2Config{WriteByteTimeout: writeByteTimeout},
			ErrorLog:          slog.NewLogLogger(log.With("listener", name).Handler(), slog.LevelDebug),
		},
		done: make(chan struct{}),
	}
	serve := l.srv.Serve
	if l.tls {
		l.srv.TLSConfig = secure.config()
		serve = func(ln net.Listener) error { return l.srv.ServeTLS(ln, "", "") }
	}
	go func() {
		defer close(l.done)
		if err := serve(ln); !errors.Is(err, http.ErrServerClosed) {
			log.Error("listener failed", "listener", name, "error", err)
		}
	}()
	return l, nil
}

// url is where the listener answers.
func (l *listener) url() string {
	if l.tls {
		return "https://" + l.addr() + "/"
	}
	return "http://" + l.addr() + "/"
}

func (l *listener) addr() string { return l.ln.Addr().String() }

// stop refuses new connections, lets requests under way finish until ctx
// ends, and closes what is left.
func (l *listener) stop(ctx context.Context) error {
	err := l.srv.Shutdown(ctx)
	if err != nil {
		err = errors.Join(fmt.Errorf("%s listener: requests were still under way: %w", l.name, err), l.srv.Close())
	}
	<-l.done
	return err
}

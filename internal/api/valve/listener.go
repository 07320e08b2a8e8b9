package valve

import (
	"bytes"
	"crypto/tls"
	"net"
	"sync"
	"sync/atomic"
	"time"
)

// Listener caps connections. One above the cap gets its first request
// answered by Refuse, and is closed.
type Listener struct {
	net.Listener
	most int64
	// Refuse writes the whole answer, header and body, to a request for that path.
	refuse func(path string) []byte
	// TLS, where it is set before the first Accept, gives what refusals are said
	// over; connections within the cap get theirs from whom they are handed to.
	TLS func() *tls.Config

	open     atomic.Int64
	refused  atomic.Int64
	refusing chan struct{} // bounds the refusals under way
	wait     sync.WaitGroup
}

const (
	// refusals under way at once; above it a connection is closed unheard.
	mostRefusing  = 256
	refuseTimeout = time.Second
	refuseBytes   = 2 << 10
)

// NewListener wraps ln. refuse must not block.
func NewListener(ln net.Listener, most int, refuse func(path string) []byte) *Listener {
	return &Listener{Listener: ln, most: int64(most), refuse: refuse, refusing: make(chan struct{}, mostRefusing)}
}

// Open is the number of connections, Refused how many were turned away.
func (l *Listener) Open() int { return int(l.open.Load()) }

// Refused is how many connections were turned away.
func (l *Listener) Refused() int64 { return l.refused.Load() }

// Accept implements [net.Listener].
func (l *Listener) Accept() (net.Conn, error) {
	for {
		c, err := l.Listener.Accept()
		if err != nil {
			return nil, err
		}
		if l.open.Add(1) <= l.most {
			return l.counted(c), nil
		}
		l.open.Add(-1)
		l.refused.Add(1)
		select {
		case l.refusing <- struct{}{}:
			l.wait.Go(func() {
				defer func() { <-l.refusing }()
				l.answer(c)
			})
		default:
			_ = c.Close() // it is turned away
		}
	}
}

// Close implements [net.Listener]; it waits for the refusals under way.
func (l *Listener) Close() error {
	err := l.Listener.Close()
	l.wait.Wait()
	return err
}

func (l *Listener) answer(c net.Conn) {
	defer c.Close() //nolint:errcheck // it is turned away
	_ = c.SetDeadline(time.Now().Add(refuseTimeout))
	raw := c
	if l.TLS != nil {
		c = tls.Server(raw, l.TLS()) // shakes hands at the first Read
	}
	buf := make([]byte, refuseBytes)
	n := 0
	for n < len(buf) && bytes.IndexByte(buf[:n], '\n') < 0 {
		m, err := c.Read(buf[n:])
		if n += m; err != nil {
			break
		}
	}
	if _, err := c.Write(l.refuse(pathOf(buf[:n]))); err != nil {
		return
	}
	// What the client still sends is read for a moment, or the kernel would
	// answer it with a reset that can overtake the refusal.
	if t, ok := c.(*tls.Conn); ok && t.CloseWrite() != nil {
		return
	}
	if t, ok := raw.(*net.TCPConn); ok && t.CloseWrite() == nil {
		for total := n; total < 64<<10; {
			m, err := raw.Read(buf)
			if total += m; err != nil {
				return
			}
		}
	}
}

// pathOf is the path of a request line; "" for what is none.
func pathOf(b []byte) string {
	line, _, _ := bytes.Cut(b, []byte("\n"))
	parts := bytes.Fields(line)
	if len(parts) != 3 {
		return ""
	}
	path, _, _ := bytes.Cut(parts[1], []byte("?"))
	return string(path)
}

// counted gives a connection's place back when it is closed.
func (l *Listener) counted(c net.Conn) net.Conn {
	var once sync.Once
	leave := func() { once.Do(func() { l.open.Add(-1) }) }
	if t, ok := c.(*net.TCPConn); ok {
		return &tcpConn{t, leave} // keeps sendfile
	}
	return &conn{c, leave}
}

type tcpConn struct {
	*net.TCPConn
	leave func()
}

func (c *tcpConn) Close() error {
	defer c.leave()
	return c.TCPConn.Close()
}

type conn struct {
	net.Conn
	leave func()
}

func (c *conn) Close() error {
	defer c.leave()
	return c.Conn.Close()
}

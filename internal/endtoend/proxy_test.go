package endtoend_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// proxy stands between the program and PostgreSQL, understands the frames of
// the protocol, and does to them what networks and machines do.
type proxy struct {
	url    string // of the database, by way of the proxy
	socket string
	l      net.Listener
	wg     sync.WaitGroup

	mu      sync.Mutex
	how     conduct
	latency time.Duration
	awake   chan struct{} // closed when those who sleep should not
	watch   func(f frame) bool
	conns   map[net.Conn]bool
	asked   int // connections that were made
}

// conduct is what the proxy does with what it gets.
type conduct int

const (
	passes  conduct = iota
	refuses         // ends every connection at once, as where nobody listens
	hole            // accepts, takes everything, answers nothing
	cuts            // resets every connection in the middle of a row of an answer
)

// frame is a message of the protocol.
type frame struct {
	client bool   // from the client to the server
	app    string // application_name of the connection
	kind   byte   // 'Q', 'd', …; 0 = the first message of a connection
	body   []byte // after the length
}

func (f frame) String() string {
	text := strings.Join(strings.Fields(string(bytes.Map(func(r rune) rune {
		if r < ' ' || r > '~' {
			return ' '
		}
		return r
	}, f.body[:min(len(f.body), 60)]))), " ")
	if f.kind == 'd' {
		text = ""
	}
	return fmt.Sprintf("%s %c %s", f.app, max(f.kind, ' '), text)
}

// says reports whether the message has this text, in any case.
func (f frame) says(text string) bool {
	return bytes.Contains(bytes.ToLower(f.body), []byte(strings.ToLower(text)))
}

// newProxy stands before the database that a URL of pgtest names.
func newProxy(t *testing.T, url string) *proxy {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &proxy{l: l, awake: make(chan struct{}), conns: map[net.Conn]bool{}}
	host, port, err := net.SplitHostPort(l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	fields := strings.Fields(url)
	for i, f := range fields {
		switch k, v, _ := strings.Cut(f, "="); k {
		case "host":
			p.socket, fields[i] = v, "host="+host
		case "port":
			p.socket, fields[i] = filepath.Join(p.socket, ".s.PGSQL."+v), "port="+port
		}
	}
	p.url = strings.Join(fields, " ")
	p.wg.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			p.wg.Go(func() { p.serve(c) })
		}
	})
	t.Cleanup(func() {
		_ = l.Close()
		p.reset()
		p.wg.Wait()
	})
	return p
}

// set changes what is done from now on; connections that are there are ended,
// except by the hole, which swallows them.
func (p *proxy) set(how conduct) {
	p.mu.Lock()
	p.how = how
	p.mu.Unlock()
	if how != hole {
		p.reset()
	}
}

// slow makes every question take so much longer.
func (p *proxy) slow(latency time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.latency = latency
	p.wake()
}

// wake ends what is left of the latency; the caller holds the lock.
func (p *proxy) wake() {
	close(p.awake)
	p.awake = make(chan struct{})
}

// lead sends connections from now on to another server, and ends those that
// are there.
func (p *proxy) lead(socket string) {
	p.mu.Lock()
	p.socket = socket
	p.mu.Unlock()
	p.reset()
}

// on has f asked before each frame is sent on; one for which it says false is
// dropped. nil: nobody is.
func (p *proxy) on(f func(frame) bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.watch = f
}

// reset ends all connections.
func (p *proxy) reset() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.wake()
	for c := range p.conns {
		_ = c.Close()
	}
}

func (p *proxy) connections() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.asked
}

// keep notes a connection, to be ended by reset.
func (p *proxy) keep(c net.Conn) (release func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.conns[c] = true
	return func() {
		_ = c.Close()
		p.mu.Lock()
		defer p.mu.Unlock()
		delete(p.conns, c)
	}
}

func (p *proxy) serve(c net.Conn) {
	defer p.keep(c)()
	p.mu.Lock()
	p.asked++
	how, socket := p.how, p.socket
	p.mu.Unlock()
	switch how {
	case refuses:
		return
	case hole:
		_, _ = io.Copy(io.Discard, c) // until either side ends it
		return
	case passes, cuts:
	}
	up, err := net.Dial("unix", socket)
	if err != nil {
		return
	}
	defer p.keep(up)()
	first, err := readFrame(c, true)
	if err != nil {
		return
	}
	app := "?"
	if fields := strings.Split(string(first.body), "\x00"); len(fields) > 1 {
		if i := slices.Index(fields, "application_name"); i >= 0 && i+1 < len(fields) {
			app = fields[i+1]
		}
	}
	first.app, first.client = app, true
	if !p.pass(up, first) {
		return
	}
	p.wg.Go(func() { p.pump(up, c, app, true) })
	p.pump(c, up, app, false)
}

func (p *proxy) pump(to, from net.Conn, app string, client bool) {
	defer to.Close()
	for {
		f, err := readFrame(from, false)
		if err != nil {
			return
		}
		f.app, f.client = app, client
		if !p.pass(to, f) {
			return
		}
	}
}

// pass sends a frame on; false: the connection is over.
func (p *proxy) pass(to net.Conn, f frame) bool {
	p.mu.Lock()
	how, latency, awake, watch := p.how, p.latency, p.awake, p.watch
	p.mu.Unlock()
	if watch != nil && !watch(f) || how == hole {
		return true
	}
	if f.client && (f.kind == 'Q' || f.kind == 'S' || f.kind == 0) {
		select {
		case <-time.After(latency):
		case <-awake:
		}
	}
	var head []byte
	if f.kind != 0 {
		head = append(head, f.kind)
	}
	head = binary.BigEndian.AppendUint32(head, uint32(len(f.body)+4))
	message := append(head, f.body...)
	if how == cuts && !f.client && f.kind == 'D' {
		_, _ = to.Write(message[:len(message)/2]) // it is over either way
		if c, ok := to.(*net.TCPConn); ok {
			_ = c.SetLinger(0) // closing it is a reset
		}
		return false
	}
	_, err := to.Write(message)
	return err == nil
}

// readFrame reads a message; the first of a client has no type.
func readFrame(r io.Reader, first bool) (frame, error) {
	head := make([]byte, 5)
	if first {
		head = head[1:]
	}
	if _, err := io.ReadFull(r, head); err != nil {
		return frame{}, err
	}
	var f frame
	if !first {
		f.kind, head = head[0], head[1:]
	}
	n := binary.BigEndian.Uint32(head)
	if n < 4 || n > 1<<30 {
		return f, fmt.Errorf("a frame of %d bytes", n)
	}
	f.body = make([]byte, n-4)
	_, err := io.ReadFull(r, f.body)
	return f, err
}

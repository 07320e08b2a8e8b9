package main

import "github.com/festd/festd/internal/app"

// accessFlags say who may do what, and how the listeners speak TLS.
type accessFlags struct {
	TLSCert        string      `name:"tls-cert" help:"PEM file with the certificate chain of the public listener, leaf first; it then speaks HTTPS. Read again when it changes." type:"path" placeholder:"FILE"`
	TLSKey         string      `name:"tls-key" help:"PEM file with its private key." type:"path" placeholder:"FILE"`
	TLSClientCA    string      `name:"tls-client-ca" help:"PEM file with the authorities of client certificates; --api-keys says whose they are." type:"path" placeholder:"FILE"`
	Anonymous      []string    `help:"Classes that clients without a key or certificate may use, or none, which demands one of everybody." default:"lookup,compute,bulk" placeholder:"CLASS"`
	AdminTokenFile string      `help:"File with the tokens that the administration on the ops listener asks for, good for all of that listener; without one it is off there." type:"path" placeholder:"FILE"`
	OpsTokenFile   string      `help:"File with tokens for probes, metrics and descriptions on the ops listener, as of Prometheus." type:"path" placeholder:"FILE"`
	OpsTLSCert     string      `name:"ops-tls-cert" help:"PEM file with the certificate chain of the ops listener, leaf first." type:"path" placeholder:"FILE"`
	OpsTLSKey      string      `name:"ops-tls-key" help:"PEM file with its private key." type:"path" placeholder:"FILE"`
	OpsTLSClientCA string      `name:"ops-tls-client-ca" help:"PEM file with the authorities of client certificates on the ops listener." type:"path" placeholder:"FILE"`
	OpsCerts       []string    `help:"Client certificates that may read there, such as dns:prometheus.example.org; none named is all that the authorities signed." placeholder:"NAME"`
	OpsAdminCerts  []string    `help:"Client certificates that may administer." placeholder:"NAME"`
	OpsOpen        app.OpsOpen `help:"What a protected ops listener answers without a credential: none, probes, or all, which leaves it to something else to protect it." enum:"none,probes,all" default:"none"`
}

func (f *accessFlags) tls() app.TLS {
	return app.TLS{Cert: f.TLSCert, Key: f.TLSKey, ClientCA: f.TLSClientCA}
}

func (f *accessFlags) ops() app.Ops {
	return app.Ops{
		TLS:       app.TLS{Cert: f.OpsTLSCert, Key: f.OpsTLSKey, ClientCA: f.OpsTLSClientCA},
		TokenFile: f.OpsTokenFile, Certs: f.OpsCerts, AdminCerts: f.OpsAdminCerts, Open: f.OpsOpen,
	}
}

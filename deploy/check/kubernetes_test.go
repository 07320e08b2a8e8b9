package check_test

import (
	"bytes"
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	monitoring "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	apps "k8s.io/api/apps/v1"
	batch "k8s.io/api/batch/v1"
	core "k8s.io/api/core/v1"
	networking "k8s.io/api/networking/v1"
	policy "k8s.io/api/policy/v1"
	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/kyaml/filesys"
	"sigs.k8s.io/yaml"
)

// kinds are what the manifests may contain, by apiVersion and kind.
var kinds = map[string]func() any{
	"v1 ConfigMap":                            func() any { return new(core.ConfigMap) },
	"v1 Namespace":                            func() any { return new(core.Namespace) },
	"v1 Service":                              func() any { return new(core.Service) },
	"v1 ServiceAccount":                       func() any { return new(core.ServiceAccount) },
	"apps/v1 Deployment":                      func() any { return new(apps.Deployment) },
	"batch/v1 CronJob":                        func() any { return new(batch.CronJob) },
	"batch/v1 Job":                            func() any { return new(batch.Job) },
	"networking.k8s.io/v1 NetworkPolicy":      func() any { return new(networking.NetworkPolicy) },
	"policy/v1 PodDisruptionBudget":           func() any { return new(policy.PodDisruptionBudget) },
	"monitoring.coreos.com/v1 ServiceMonitor": func() any { return new(monitoring.ServiceMonitor) },
}

// build runs Kustomize and decodes what comes out into the types of Kubernetes:
// a property that they do not have is an error, where the API server would
// drop it.
func build(t *testing.T, folder string) map[string]any {
	t.Helper()
	dir := filepath.Join(root(t), "deploy", "kubernetes", filepath.FromSlash(folder))
	resources, err := krusty.MakeKustomizer(krusty.MakeDefaultOptions()).Run(filesys.MakeFsOnDisk(), dir)
	if err != nil {
		t.Fatalf("%s: %v", folder, err)
	}
	out := map[string]any{}
	for _, r := range resources.Resources() {
		text, err := r.AsYAML()
		if err != nil {
			t.Fatal(err)
		}
		make, ok := kinds[r.GetApiVersion()+" "+r.GetKind()]
		if !ok {
			t.Errorf("%s: %s %s is none of the kinds that are checked", folder, r.GetApiVersion(), r.GetKind())
			continue
		}
		object := make()
		if err := yaml.UnmarshalStrict(text, object); err != nil {
			t.Errorf("%s: %s %s: %v", folder, r.GetKind(), r.GetName(), err)
		}
		out[r.GetKind()+" "+r.GetName()] = object
	}
	return out
}

// pick returns the one object of a type with the name, without the digest that
// Kustomize appends to it.
func pick[T any](t *testing.T, all map[string]any, name string) *T {
	t.Helper()
	for key, object := range all {
		_, called, _ := strings.Cut(key, " ")
		if o, ok := object.(*T); ok && (called == name || regexp.MustCompile("^"+name+"-[a-z0-9]{10}$").MatchString(called)) {
			return o
		}
	}
	t.Fatalf("there is no %T %s", *new(T), name)
	return nil
}

// pods are the pod templates, by what makes them.
func pods(all map[string]any) map[string]*core.PodTemplateSpec {
	out := map[string]*core.PodTemplateSpec{}
	for name, object := range all {
		switch o := object.(type) {
		case *apps.Deployment:
			out[name] = &o.Spec.Template
		case *batch.Job:
			out[name] = &o.Spec.Template
		case *batch.CronJob:
			out[name] = &o.Spec.JobTemplate.Spec.Template
		}
	}
	return out
}

func TestKubernetesBuilds(t *testing.T) {
	base := build(t, "base")
	example := build(t, "overlays/example")
	for name := range base {
		if !strings.HasPrefix(name, "ConfigMap ") && example[name] == nil {
			t.Errorf("%s is in the base and not in the example", name)
		}
	}
	for _, want := range []string{"Deployment festd", "Job festd-migrate", "CronJob festd-import", "Service festd", "Service festd-ops", "PodDisruptionBudget festd", "NetworkPolicy festd-server", "NetworkPolicy festd-jobs", "ServiceMonitor festd", "ServiceAccount festd", "Namespace festd"} {
		if example[want] == nil {
			t.Errorf("the example has no %s", want)
		}
	}
}

// TestKubernetesRestricted: every pod keeps to the Pod Security Standard
// "restricted", and to more: a read-only root, no token, limits, a version.
func TestKubernetesRestricted(t *testing.T) {
	all := pods(build(t, "overlays/example"))
	if len(all) != 3 {
		t.Errorf("%d kinds of pods, want 3", len(all))
	}
	for name, pod := range all {
		s := pod.Spec
		if s.SecurityContext == nil || !is(s.SecurityContext.RunAsNonRoot) || s.SecurityContext.RunAsUser == nil || *s.SecurityContext.RunAsUser != 65532 ||
			s.SecurityContext.SeccompProfile == nil || s.SecurityContext.SeccompProfile.Type != core.SeccompProfileTypeRuntimeDefault {
			t.Errorf("%s: security context %+v", name, s.SecurityContext)
		}
		if s.HostNetwork || s.HostPID || s.HostIPC || s.AutomountServiceAccountToken == nil || *s.AutomountServiceAccountToken {
			t.Errorf("%s: it sees the host, or has a token of Kubernetes", name)
		}
		// Service links would set variables that are named like settings.
		if s.EnableServiceLinks == nil || *s.EnableServiceLinks {
			t.Errorf("%s: service links are on", name)
		}
		for _, v := range s.Volumes {
			if v.HostPath != nil || v.EmptyDir != nil && v.EmptyDir.SizeLimit == nil {
				t.Errorf("%s: volume %s is the host's, or without a limit", name, v.Name)
			}
		}
		if len(s.Containers) != 1 || len(s.InitContainers) != 0 {
			t.Fatalf("%s: %d containers", name, len(s.Containers))
		}
		c := s.Containers[0]
		if c.SecurityContext == nil || !is(c.SecurityContext.ReadOnlyRootFilesystem) || is(c.SecurityContext.Privileged) || c.SecurityContext.AllowPrivilegeEscalation == nil ||
			*c.SecurityContext.AllowPrivilegeEscalation || c.SecurityContext.Capabilities == nil || !slices.Contains(c.SecurityContext.Capabilities.Drop, "ALL") || len(c.SecurityContext.Capabilities.Add) > 0 {
			t.Errorf("%s: security context of the container %+v", name, c.SecurityContext)
		}
		for _, r := range []core.ResourceName{core.ResourceCPU, core.ResourceMemory} {
			if c.Resources.Requests[r] == (core.ResourceList{})[r] || c.Resources.Limits[r] == (core.ResourceList{})[r] {
				t.Errorf("%s: no request or limit of %s", name, r)
			}
		}
		if c.Image != "registry.example.org/festd:0.1.0" {
			t.Errorf("%s: image %s is not the overlay's", name, c.Image)
		}
	}
}

func is(b *bool) bool { return b != nil && *b }

// environment is what a container of the example is told.
func environment(t *testing.T, all map[string]any, c core.Container) map[string]string {
	t.Helper()
	out := map[string]string{}
	for _, from := range c.EnvFrom {
		if from.ConfigMapRef == nil {
			t.Errorf("%s: its environment comes from a Secret: want files", c.Name)
			continue
		}
		for name, value := range named(t, all, from.ConfigMapRef.Name).Data {
			out[name] = value
		}
	}
	for _, e := range c.Env {
		switch {
		case e.ValueFrom == nil:
			out[e.Name] = e.Value
		case e.ValueFrom.ConfigMapKeyRef != nil:
			value, ok := named(t, all, e.ValueFrom.ConfigMapKeyRef.Name).Data[e.ValueFrom.ConfigMapKeyRef.Key]
			if !ok {
				t.Errorf("%s: the ConfigMap has no %s", e.Name, e.ValueFrom.ConfigMapKeyRef.Key)
			}
			out[e.Name] = value
		default:
			t.Errorf("%s: want a file, or what is no secret", e.Name)
		}
	}
	return out
}

func named(t *testing.T, all map[string]any, name string) *core.ConfigMap {
	t.Helper()
	c, ok := all["ConfigMap "+name].(*core.ConfigMap)
	if !ok {
		t.Fatalf("there is no ConfigMap %s", name)
	}
	return c
}

// TestKubernetesSettings: what the pods are told are settings of the program,
// passwords lie in files that are mounted, and a database with a standby is
// named by both its hosts.
func TestKubernetesSettings(t *testing.T) {
	all := build(t, "overlays/example")
	for name, pod := range pods(all) {
		c := pod.Spec.Containers[0]
		set := environment(t, all, c)
		known(t, name, set)
		url := set["FEST_DATABASE_URL"]
		for _, want := range []string{"pg-a.example.org:5432,pg-b.example.org:5432/", "target_session_attrs=read-write", "sslmode=verify-full"} {
			if !strings.Contains(url, want) {
				t.Errorf("%s: database %s: want %s", name, url, want)
			}
		}
		if regexp.MustCompile(`://[^/@]*:[^/@]*@`).MatchString(url) {
			t.Errorf("%s: a password stands in the URL", name)
		}
		account, secret := "festd_app@", "festd-app"
		if name == "Job festd-migrate" {
			account, secret = "festd_owner@", "festd-owner"
		}
		if !strings.Contains(url, account) {
			t.Errorf("%s: database %s: want the account %s", name, url, account)
		}
		var mounted []string
		for _, v := range pod.Spec.Volumes {
			if v.Secret == nil {
				continue
			}
			if v.Secret.SecretName != secret || v.Secret.DefaultMode == nil || *v.Secret.DefaultMode&0o7 != 0 {
				t.Errorf("%s: secret %s, mode %o: want %s, and nothing for others", name, v.Secret.SecretName, *v.Secret.DefaultMode, secret)
			}
			for _, m := range c.VolumeMounts {
				if m.Name == v.Name {
					mounted = append(mounted, m.MountPath+"/")
				}
			}
		}
		// Every file that a setting names is in what is mounted.
		for setting, value := range set {
			for _, file := range regexp.MustCompile(`/run/secrets/[\w./-]+`).FindAllString(value, -1) {
				if !slices.ContainsFunc(mounted, func(dir string) bool { return strings.HasPrefix(file, dir) }) {
					t.Errorf("%s: %s names %s, mounted is %v", name, setting, file, mounted)
				}
			}
		}
	}
}

// TestKubernetesServer ties the Deployment to the program: ports, probes,
// stopping, memory, and that one replica after the other goes.
func TestKubernetesServer(t *testing.T) {
	all := build(t, "overlays/example")
	d := pick[apps.Deployment](t, all, "festd")
	pod, c := d.Spec.Template.Spec, d.Spec.Template.Spec.Containers[0]
	set := environment(t, all, c)
	ports := map[string]string{}
	for _, p := range c.Ports {
		ports[p.Name] = fmt.Sprint(p.ContainerPort)
	}
	for name, setting := range map[string]string{"http": "FEST_LISTEN", "ops": "FEST_OPS_LISTEN"} {
		if _, port, _ := strings.Cut(set[setting], ":"); port != ports[name] {
			t.Errorf("port %s is %s, the program listens on %s", name, ports[name], port)
		}
	}
	ops := read(t, "internal/api/ops.go")
	for path, probe := range map[string]*core.Probe{"/startupz": c.StartupProbe, "/readyz": c.ReadinessProbe, "/livez": c.LivenessProbe} {
		if probe == nil || probe.HTTPGet == nil || probe.HTTPGet.Path != path || probe.HTTPGet.Port.String() != "ops" {
			t.Errorf("probe %s: %+v", path, probe)
		}
		if !bytes.Contains(ops, []byte(`Pattern: "`+path+`"`)) {
			t.Errorf("%s is no route of the ops listener", path)
		}
	}
	load := duration(t, defaults(t)["FEST_LOAD_TIMEOUT"])
	if p := c.StartupProbe; time.Duration(p.PeriodSeconds*p.FailureThreshold)*time.Second < 2*load {
		t.Errorf("the startup probe gives up before a release may be loaded twice (%v each)", load)
	}
	if p := c.ReadinessProbe; time.Duration(p.PeriodSeconds*p.FailureThreshold)*time.Second > duration(t, set["FEST_DRAIN_GRACE"]) {
		t.Error("a pod that drains is noticed after its grace is over")
	}
	if patience := time.Duration(*pod.TerminationGracePeriodSeconds) * time.Second; patience < stops(t, set)+10*time.Second {
		t.Errorf("terminationGracePeriodSeconds %v: the program may take %v, and then it still says goodbye", patience, stops(t, set))
	}
	bounded(t, "Deployment", set["GOMEMLIMIT"], c.Resources.Limits.Memory().Value())
	if set["FEST_SAMPLE"] != "off" {
		t.Error("FEST_SAMPLE is not off")
	}
	if data := slices.IndexFunc(c.VolumeMounts, func(m core.VolumeMount) bool { return m.MountPath == set["FEST_DATA_DIR"] }); data < 0 || c.VolumeMounts[data].ReadOnly {
		t.Errorf("%s is not a volume that can be written", set["FEST_DATA_DIR"])
	}
	if *d.Spec.Replicas < 3 || d.Spec.Strategy.RollingUpdate.MaxUnavailable.IntValue() != 0 || len(pod.TopologySpreadConstraints) < 2 {
		t.Errorf("replicas %d, strategy %+v, spread %d", *d.Spec.Replicas, d.Spec.Strategy.RollingUpdate, len(pod.TopologySpreadConstraints))
	}
	if time.Duration(*d.Spec.ProgressDeadlineSeconds) <= time.Duration(c.StartupProbe.PeriodSeconds*c.StartupProbe.FailureThreshold) {
		t.Error("a rollout is given up before the startup probe is")
	}
}

// TestKubernetesSelectors: whatever selects pods selects those it is meant
// for. A selector that selects nothing is no error to Kubernetes.
func TestKubernetesSelectors(t *testing.T) {
	all := build(t, "overlays/example")
	matching := func(selector map[string]string) (names []string) {
		for name, pod := range pods(all) {
			if subset(selector, pod.Labels) {
				names = append(names, name)
			}
		}
		slices.Sort(names)
		return names
	}
	server, jobs := []string{"Deployment festd"}, []string{"CronJob festd-import", "Job festd-migrate"}
	for name, got := range map[string][]string{
		"Deployment":              matching(pick[apps.Deployment](t, all, "festd").Spec.Selector.MatchLabels),
		"Service festd":           matching(pick[core.Service](t, all, "festd").Spec.Selector),
		"Service festd-ops":       matching(pick[core.Service](t, all, "festd-ops").Spec.Selector),
		"PodDisruptionBudget":     matching(pick[policy.PodDisruptionBudget](t, all, "festd").Spec.Selector.MatchLabels),
		"NetworkPolicy of server": matching(pick[networking.NetworkPolicy](t, all, "festd-server").Spec.PodSelector.MatchLabels),
	} {
		if diff := cmp.Diff(server, got); diff != "" {
			t.Errorf("%s selects (-want +got):\n%s", name, diff)
		}
	}
	for _, s := range pick[apps.Deployment](t, all, "festd").Spec.Template.Spec.TopologySpreadConstraints {
		if diff := cmp.Diff(server, matching(s.LabelSelector.MatchLabels)); diff != "" {
			t.Errorf("the spread over %s selects (-want +got):\n%s", s.TopologyKey, diff)
		}
	}
	var bound []string
	e := pick[networking.NetworkPolicy](t, all, "festd-jobs").Spec.PodSelector.MatchExpressions[0]
	for name, pod := range pods(all) {
		if slices.Contains(e.Values, pod.Labels[e.Key]) {
			bound = append(bound, name)
		}
	}
	slices.Sort(bound)
	if diff := cmp.Diff(jobs, bound); diff != "" {
		t.Errorf("the policy of jobs selects (-want +got):\n%s", diff)
	}
	monitor, service := pick[monitoring.ServiceMonitor](t, all, "festd"), pick[core.Service](t, all, "festd-ops")
	if !subset(monitor.Spec.Selector.MatchLabels, service.Labels) || subset(monitor.Spec.Selector.MatchLabels, pick[core.Service](t, all, "festd").Labels) {
		t.Errorf("the ServiceMonitor selects by %v; festd-ops has %v", monitor.Spec.Selector.MatchLabels, service.Labels)
	}
	// What Prometheus shows is a key of the Secret that the servers read it from.
	if a := monitor.Spec.Endpoints[0].Authorization; a == nil || a.Credentials == nil || a.Credentials.Name != "festd-app" ||
		!strings.HasSuffix(environment(t, all, pick[apps.Deployment](t, all, "festd").Spec.Template.Spec.Containers[0])["FEST_OPS_TOKEN_FILE"], "/"+a.Credentials.Key) {
		t.Errorf("the ServiceMonitor shows %+v", a)
	}
	if monitor.Spec.Endpoints[0].Port != service.Spec.Ports[0].Name || service.Labels[monitor.Spec.JobLabel] != "festd" {
		t.Errorf("the ServiceMonitor asks port %s, the job is called by %s", monitor.Spec.Endpoints[0].Port, monitor.Spec.JobLabel)
	}
}

func subset(some, all map[string]string) bool {
	for k, v := range some {
		if all[k] != v {
			return false
		}
	}
	return len(some) > 0
}

// TestKubernetesDatabasePolicy: the overlay's patch has met the rule of the
// database, in both policies.
func TestKubernetesDatabasePolicy(t *testing.T) {
	all := build(t, "overlays/example")
	for _, name := range []string{"festd-server", "festd-jobs"} {
		met := false
		for _, rule := range pick[networking.NetworkPolicy](t, all, name).Spec.Egress {
			if len(rule.Ports) == 1 && rule.Ports[0].Port.IntValue() == 5432 {
				met = len(rule.To) == 1 && rule.To[0].IPBlock != nil
			}
		}
		if !met {
			t.Errorf("%s lets everything out on the database's port", name)
		}
	}
}

// TestKubernetesMigration: what the Job needs is applied with it, and not
// after it, as where Argo CD runs it before the sync: it would wait for what
// waits for it.
func TestKubernetesMigration(t *testing.T) {
	all := build(t, "overlays/example")
	job := pick[batch.Job](t, all, "festd-migrate")
	if hook := job.Annotations["argocd.argoproj.io/hook"]; hook != "Sync" {
		t.Errorf("hook %q", hook)
	}
	if pick[core.ServiceAccount](t, all, job.Spec.Template.Spec.ServiceAccountName).Annotations["argocd.argoproj.io/hook"] != "" {
		t.Error("the account is a hook, too: then the Job could be one of the phase before")
	}
}

// TestKubernetesImport: the import is one command of the program, and is not
// tried again where only a person can help.
func TestKubernetesImport(t *testing.T) {
	job := pick[batch.CronJob](t, build(t, "overlays/example"), "festd-import").Spec
	c := job.JobTemplate.Spec.Template.Spec.Containers[0]
	if len(c.Args) != 2 || c.Args[0] != "import" || !strings.HasPrefix(c.Args[1], "https://www.dmp.no/") {
		t.Errorf("args %q", c.Args)
	}
	if _, err := time.LoadLocation(*job.TimeZone); err != nil || job.ConcurrencyPolicy != batch.ForbidConcurrent {
		t.Errorf("time zone %s, concurrency %s", *job.TimeZone, job.ConcurrencyPolicy)
	}
	rule := job.JobTemplate.Spec.PodFailurePolicy.Rules[0]
	if rule.Action != batch.PodFailurePolicyActionFailJob || *rule.OnExitCodes.ContainerName != c.Name || !slices.Equal(rule.OnExitCodes.Values, []int32{2, 3}) {
		t.Errorf("pod failure policy %+v", rule)
	}
}

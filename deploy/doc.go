// Package deploy holds what runs festd somewhere: the compose file here, the
// Dockerfile at the root. Its tests check what can be checked of them without
// a container engine.
package deploy

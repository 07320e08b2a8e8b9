// Package wire renders entries as JSON.
package wire

// Package rig is what the commands under bench that play whole days share: the
// binary under test, servers that can be killed and started again at the same
// address, a PostgreSQL of their own that writes down every statement, and
// what the kernel says of a process.
//
// Everything is on loopback or on a Unix socket. Children end with the program
// that started them. What reads /proc is for Linux; other systems can build
// it.
package rig

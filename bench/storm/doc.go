// Command storm lets a server that is told to bear it be overrun, and says
// whether it bore it:
//
//	go run ./bench/storm                     all of what follows, at full size
//	go run ./bench/storm -mode restart       2000 consumers come back at once
//	go run ./bench/storm -mode recover       load past saturation, held, and away again
//	go run ./bench/storm -mode flood         one client at 50 times its quota, and many addresses
//	go run ./bench/storm -check              exit code 1 where a promise is broken
//
// In a restart the server is killed and started again; N consumers lose their
// connections at that instant and come back the way real ones do: most want
// the whole file, some are polite, some retry in a tight loop, some read
// slowly, some hold stale keep-alives. Beside them a quiet probe goes on
// looking things up. The same is done once without valves, so that the
// difference is seen.
//
// The server and the generator run on different processors, the probe is a
// process of its own, each consumer has an address of its own in 127.0.0.0/8.
// Everything is loopback and stops by itself. The store is a PostgreSQL of the
// command's own, which counts the server's statements; without PostgreSQL it is
// a directory, and nothing is said of statements.
package main

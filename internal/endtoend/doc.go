// Package endtoend holds tests of the whole program against what can happen
// to it at night: importers that are killed, stopped or in each other's way, a
// PostgreSQL that dies, hangs or was restored, replicas that must agree, and
// the night that this project was made for ([TestIncidentNight] of its tests).
//
// They run the real binary, built once per run, as processes of their own on
// loopback, beside a real PostgreSQL. What a room does alone is shown by the
// room's own tests; here is what an operator would see from outside. Nothing
// of the module is called but what makes files and databases.
//
// How many instants a sweep of kills takes is FESTD_KILL_POINTS; `make
// kill-sweep` takes many. A test that runs processes in parallel with others
// would measure them, so none does.
package endtoend

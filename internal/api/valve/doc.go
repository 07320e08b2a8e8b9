// Package valve bounds what clients can ask of the server (DESIGN §8): token
// buckets per client in a table of bounded size, pools that bound how much
// work of a class is in flight and how much waits, a cap on connections, and a
// minimum rate for those who read slowly. What is refused is refused early,
// and told truthfully when to come back, each at another instant.
//
// All types are safe for concurrent use. The package knows nothing of routes,
// releases or problems, and must not import another room.
package valve

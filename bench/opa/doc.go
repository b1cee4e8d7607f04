// Package opa sets the policy engine beside Open Policy Agent: the same rule,
// cn-adult-preferred on open convictions, once as the pack that comes with the
// program and once in Rego as a prepared query. It is a module of its own, so
// that the program's list of dependencies stays short.
package opa

// Package tessera holds the trail against the public tools for transparency
// logs: Tessera's client and fsck read it, the public witness cosigns it, a
// standard client asks our witness; and its appender is the peer that our
// latency is measured against. It is a module of its own, so that the platform
// depends on none of them.
package tessera

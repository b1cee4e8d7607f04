// Package policy is the law as data: policy packs (政策包) and the engine that
// applies them.
//
// A pack is a folder with policy.yaml, which states the rule, and tests.yaml,
// which proves it on worked cases. Its conditions are CEL expressions over a
// Dossier, parsed, type-checked and bounded in cost when the pack is loaded and
// compiled there to Go closures. They are three-valued: an attribute that is
// missing is unknown, and what is unknown leads to review by a human, never to
// sealing and never to refusal. A clause that is decided without the unknown
// attribute stays decided.
//
// Everything is pure: the date of evaluation is an argument, and the same pack,
// dossier and date give the same bytes for ever.
package policy

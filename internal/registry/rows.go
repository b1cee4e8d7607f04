package registry

import "github.com/fengcun/fengcun/internal/store"

// What the registry shows of the books, under its own name: the edges speak to
// the registry alone.
type (
	// Listing narrows a list of records.
	Listing = store.Listing
	// Notice is a letter to an agency that holds a copy.
	Notice = store.Notice
	// ReviewRow is one item of the review queue.
	ReviewRow = store.Review
	// QueryRow is a query as it was filed.
	QueryRow = store.Query
	// QueryState is how far a query got.
	QueryState = store.QueryState
)

// Kinds of review and of notice, and the states of a query.
const (
	KindSeal      = store.KindSeal
	KindUnseal    = store.KindUnseal
	QueryFiled    = store.QueryFiled
	QueryApproved = store.QueryApproved
	QueryRefused  = store.QueryRefused
	QueryOpened   = store.QueryOpened
)

package parts

import (
	"net/url"
	"strconv"
)

// Pager says which page of a list is shown. Pages count from 1.
type Pager struct {
	Page  int
	Size  int // entries a page
	Total int // entries in all; -1 where the number is not told
	More  bool
	Path  string
	Query url.Values // the filter, kept from page to page
}

// First and Last are the entries shown, counted from 1; both 0 if none are.
func (p Pager) First() int {
	if p.Total == 0 {
		return 0
	}
	return (p.Page-1)*p.Size + 1
}

// Last is the last entry shown.
func (p Pager) Last() int {
	if p.Total < 0 {
		return p.Page * p.Size
	}
	return min(p.Page*p.Size, p.Total)
}

// Pages is the number of pages, at least 1.
func (p Pager) Pages() int {
	if p.Size <= 0 || p.Total <= 0 {
		return 1
	}
	return (p.Total + p.Size - 1) / p.Size
}

// HasNext says that there is a page after this one.
func (p Pager) HasNext() bool {
	if p.Total < 0 {
		return p.More
	}
	return p.Page < p.Pages()
}

// Prev is the address of the page before, or "".
func (p Pager) Prev() string {
	if p.Page <= 1 {
		return ""
	}
	return p.to(p.Page - 1)
}

// Next is the address of the page after, or "".
func (p Pager) Next() string {
	if !p.HasNext() {
		return ""
	}
	return p.to(p.Page + 1)
}

func (p Pager) to(page int) string {
	q := url.Values{}
	for k, v := range p.Query {
		q[k] = v
	}
	q.Set("page", strconv.Itoa(page))
	return p.Path + "?" + q.Encode()
}

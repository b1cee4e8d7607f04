package web

import (
	"strconv"
	"sync"
	"testing"
	"time"
)

func TestShelf(t *testing.T) {
	now := time.Unix(1000, 0)
	s := &shelf{now: func() time.Time { return now }, kept: map[string]session{}}
	keep(t, s, "a", now.Add(time.Minute))
	if _, ok, _ := s.Find("a"); !ok {
		t.Error("a session is not found")
	}
	if _, ok, _ := s.Find("b"); ok {
		t.Error("a session that never was is found")
	}
	now = now.Add(2 * time.Minute)
	if _, ok, _ := s.Find("a"); ok {
		t.Error("an expired session is found")
	}
	keep(t, s, "a", now.Add(time.Minute))
	if err := s.Delete("a"); err != nil {
		t.Fatal(err)
	}
	if _, ok, _ := s.Find("a"); ok {
		t.Error("a session that ended is found")
	}
}

func keep(t *testing.T, s *shelf, token string, expiry time.Time) {
	t.Helper()
	if err := s.Commit(token, []byte(token), expiry); err != nil {
		t.Fatal(err)
	}
}

func TestSessionsEnd(t *testing.T) {
	now := time.Unix(1000, 0)
	s := &shelf{now: func() time.Time { return now }, life: sessionLife, idle: sessionIdle, kept: map[string]session{}}
	far := now.AddDate(1, 0, 0)
	keep(t, s, "idle", far)
	keep(t, s, "busy", far)
	for range 15 { // used every half an hour, for most of a day
		now = now.Add(sessionIdle - time.Second)
		if _, ok, _ := s.Find("busy"); !ok {
			t.Fatal("a session in use ends early")
		}
		keep(t, s, "busy", far)
	}
	if _, ok, _ := s.Find("idle"); ok {
		t.Error("a session outlives its idle time")
	}
	now = time.Unix(1000, 0).Add(sessionLife + time.Second)
	if _, ok, _ := s.Find("busy"); ok {
		t.Error("a session in use outlives the day")
	}
}

func TestShelfSweepsTheExpiredAndKeepsTheRest(t *testing.T) {
	now := time.Unix(1000, 0)
	s := &shelf{now: func() time.Time { return now }, kept: map[string]session{}}
	for i := range 100_000 {
		now = now.Add(time.Second)
		keep(t, s, strconv.Itoa(i), now.Add(time.Minute))
		if len(s.kept) > 1025 {
			t.Fatalf("%d sessions kept, 60 of them alive", len(s.kept))
		}
	}
	for i := 99_940; i < 100_000; i++ {
		if _, ok, _ := s.Find(strconv.Itoa(i)); !ok {
			t.Fatalf("session %d was swept out alive", i)
		}
	}
}

func TestShelfFromManySides(_ *testing.T) {
	s := &shelf{now: time.Now, kept: map[string]session{}}
	var wg sync.WaitGroup
	for g := range 8 {
		wg.Go(func() {
			for i := range 500 {
				token := strconv.Itoa((g + i) % 50)
				_ = s.Commit(token, nil, time.Now().Add(time.Hour))
				_, _, _ = s.Find(token)
				_ = s.Delete(token)
			}
		})
	}
	wg.Wait()
}

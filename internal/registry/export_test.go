package registry

// StopAt lets a test stop the keeper before and after each durable step.
func (k *Keeper) StopAt(stop func(step string) error) { k.stop = stop }

package policy

// spec is policy.yaml as it is written. Every key is known; one that is not is
// refused.
type spec struct {
	ID         string               `yaml:"id"`
	Version    string               `yaml:"version"`
	Regime     Regime               `yaml:"regime"`
	Standing   Standing             `yaml:"standing"`
	Title      Text                 `yaml:"title"`
	Basis      string               `yaml:"basis"`
	Remark     string               `yaml:"remark"`
	Seals      []string             `yaml:"seals"`
	Dates      Dates                `yaml:"dates"`
	Parameters map[string]paramSpec `yaml:"parameters"`
	Define     []defineSpec         `yaml:"define"`
	Scope      scopeSpec            `yaml:"scope"`
	Conditions []ruleSpec           `yaml:"conditions"`
	Exclusions []ruleSpec           `yaml:"exclusions"`
	Clock      clockSpec            `yaml:"clock"`
	Start      startSpec            `yaml:"start"`
	Unseal     []ruleSpec           `yaml:"unseal"`
}

type paramSpec struct {
	Value  any    `yaml:"value"`
	Zh     string `yaml:"zh"`
	En     string `yaml:"en"`
	Source string `yaml:"source"`
	Mark   string `yaml:"mark"`
}

type defineSpec struct {
	ID  string `yaml:"id"`
	CEL string `yaml:"cel"`
}

type scopeSpec struct {
	Kinds     []string `yaml:"kinds"`
	AFortiori []string `yaml:"a_fortiori"` // 举重以明轻: sealed because the conviction is
	Zh        string   `yaml:"zh"`
	En        string   `yaml:"en"`
	Basis     string   `yaml:"basis"`
}

type ruleSpec struct {
	ID    string   `yaml:"id"`
	Stage Stage    `yaml:"stage"`
	Kinds []string `yaml:"kinds"` // kinds of record it is asked of; default: those of the scope
	Zh    string   `yaml:"zh"`
	En    string   `yaml:"en"`
	Basis string   `yaml:"basis"`
	CEL   string   `yaml:"cel"`
}

type clockSpec struct {
	ID    string     `yaml:"id"`
	Zh    string     `yaml:"zh"`
	En    string     `yaml:"en"`
	Basis string     `yaml:"basis"`
	Steps []stepSpec `yaml:"steps"`
	Later *laterSpec `yaml:"later"`
}

type stepSpec struct {
	When  string `yaml:"when"`  // the last step has none
	Start string `yaml:"start"` // a date
	Wait  Wait   `yaml:"wait"`
}

type laterSpec struct {
	ID     string `yaml:"id"`
	Zh     string `yaml:"zh"`
	En     string `yaml:"en"`
	Basis  string `yaml:"basis"`
	When   string `yaml:"when"`
	At     string `yaml:"at"`
	Effect effect `yaml:"effect"`
}

type startSpec struct {
	Mode  string `yaml:"mode"` // automatic or application
	Zh    string `yaml:"zh"`
	En    string `yaml:"en"`
	Basis string `yaml:"basis"`
}

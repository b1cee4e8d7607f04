package policy

import (
	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/cost"
	"cel.dev/cel-go/common/env"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/types"
)

// The types of the typed dossier as conditions see them.
var (
	dateType     = cel.OpaqueType("date")
	recordType   = cel.ObjectType("Record")
	sentenceType = cel.ObjectType("Sentence")
	flagsType    = cel.ObjectType("Flags")
	crimeType    = cel.ObjectType("Crime")
	personType   = cel.ObjectType("Person")
	paramType    = cel.ObjectType("Param")
)

// schema gives the CEL checker the fields of our types: those of the dossier's
// JSON, under the same names, and the parameters of one pack.
type schema struct {
	types.Provider
	fields map[string]map[string]*types.Type
}

func newSchema(params map[string]*types.Type) *schema {
	return &schema{Provider: types.NewEmptyRegistry(), fields: map[string]map[string]*types.Type{
		"Person": {"birth": dateType, "sex": cel.StringType},
		"Record": {
			"id": cel.StringType, "kind": cel.StringType, "status": cel.StringType,
			"offence_date": dateType, "judgment_date": dateType, "effective_date": dateType, "completed_date": dateType,
			"probation_end": dateType,
			"crimes":        cel.ListType(crimeType), "sentence": sentenceType, "flags": flagsType,
		},
		"Sentence": {
			"kind": cel.StringType, "months": cel.IntType, "days": cel.IntType, "suspended": cel.BoolType,
			"probation_months": cel.IntType, "fine_yuan": cel.IntType, "rights_months": cel.IntType, "exempt": cel.BoolType,
		},
		"Flags": {
			"recidivist": cel.BoolType, "drug_recidivist": cel.BoolType, "pleads_guilty": cel.BoolType,
			"victim_forgives": cel.BoolType, "compensation_paid": cel.BoolType, "surrender": cel.BoolType, "applied": cel.BoolType,
		},
		"Crime": {
			"name": cel.StringType, "mens_rea": cel.StringType, "mens_rea_by_law": cel.StringType, "offence_date": dateType,
			"victim_minor": cel.BoolType, "by_official": cel.BoolType, "sentence": sentenceType,
		},
		"Param": params,
	}}
}

func (s *schema) FindStructType(name string) (*types.Type, bool) {
	if _, ok := s.fields[name]; ok {
		return types.NewTypeTypeWithParam(types.NewObjectType(name)), true
	}
	return nil, false
}

func (s *schema) FindStructFieldNames(name string) ([]string, bool) {
	fields, ok := s.fields[name]
	names := make([]string, 0, len(fields))
	for field := range fields {
		names = append(names, field)
	}
	return names, ok
}

func (s *schema) FindStructFieldType(name, field string) (*types.FieldType, bool) {
	t, ok := s.fields[name][field]
	if !ok {
		return nil, false
	}
	return &types.FieldType{Type: t}, true
}

// newEnv declares what a condition may name: the typed dossier, the functions
// below and a small part of CEL's standard library. Nothing else type-checks.
func newEnv(params map[string]*types.Type) (*cel.Env, error) {
	options := []cel.EnvOption{
		cel.StdLib(cel.StdLibSubset(standard())),
		cel.CustomTypeProvider(newSchema(params)),
		cel.Variable("record", recordType),
		cel.Variable("other", recordType),
		cel.Variable("others", cel.ListType(recordType)),
		cel.Variable("person", personType),
		cel.Variable("param", paramType),
		cel.Variable("on", dateType),
		cel.ParserRecursionLimit(64),
		cel.ParserExpressionSizeLimit(8000),
		cel.ExtendedValidations(),
	}
	return cel.NewCustomEnv(append(options, functions()...)...)
}

func standard() *env.LibrarySubset {
	subset := env.NewLibrarySubset().AddIncludedMacros("all", "exists")
	for name, overloads := range map[string][]string{
		operators.LogicalAnd: nil, operators.LogicalOr: nil, operators.LogicalNot: nil, operators.Conditional: nil,
		operators.Equals: nil, operators.NotEquals: nil, operators.NotStrictlyFalse: nil,
		operators.In:            {"in_list"},
		operators.Less:          {"less_int64"},
		operators.LessEquals:    {"less_equals_int64"},
		operators.Greater:       {"greater_int64"},
		operators.GreaterEquals: {"greater_equals_int64"},
		operators.Add:           {"add_int64"},
		operators.Subtract:      {"subtract_int64"},
	} {
		f := &env.Function{Name: name}
		for _, id := range overloads {
			f.Overloads = append(f.Overloads, &env.Overload{ID: id})
		}
		subset.AddIncludedFunctions(f)
	}
	return subset
}

func functions() []cel.EnvOption {
	var options []cel.EnvOption
	for op, id := range map[string]string{
		operators.Less: "less_date", operators.LessEquals: "less_equals_date",
		operators.Greater: "greater_date", operators.GreaterEquals: "greater_equals_date",
	} {
		options = append(options, cel.Function(op, cel.Overload(id, []*cel.Type{dateType, dateType}, cel.BoolType)))
	}
	for name := range comparisons() {
		options = append(options, cel.Function(name,
			cel.MemberOverload("sentence_"+name, []*cel.Type{sentenceType, cel.StringType, cel.IntType}, cel.BoolType),
			cel.MemberOverload("sentence_"+name+"_kind", []*cel.Type{sentenceType, cel.StringType}, cel.BoolType)))
	}
	for _, unit := range []string{"days", "months", "years"} {
		options = append(options, cel.Function("plus_"+unit,
			cel.MemberOverload("date_plus_"+unit, []*cel.Type{dateType, cel.IntType}, dateType)))
	}
	for _, name := range []string{"latest", "earliest"} {
		options = append(options, cel.Function(name, cel.Overload(name+"_date", []*cel.Type{dateType, dateType}, dateType)))
	}
	return append(options,
		cel.Function("date", cel.Overload("date_of_string", []*cel.Type{cel.StringType}, dateType)),
		cel.Function("category", cel.MemberOverload("crime_category", []*cel.Type{crimeType, cel.StringType}, cel.BoolType)),
		cel.Function("is", cel.MemberOverload("crime_is", []*cel.Type{crimeType, cel.StringType}, cel.BoolType)),
		cel.Function("under_age", cel.MemberOverload("record_under_age", []*cel.Type{recordType, cel.IntType}, cel.BoolType)),
		cel.Function("label", cel.Overload("label_bool", []*cel.Type{cel.StringType}, cel.BoolType)),
		cel.Function("label_or",
			cel.Overload("label_or_bool", []*cel.Type{cel.StringType, cel.BoolType}, cel.BoolType),
			cel.Overload("label_or_int", []*cel.Type{cel.StringType, cel.IntType}, cel.IntType),
			cel.Overload("label_or_string", []*cel.Type{cel.StringType, cel.StringType}, cel.StringType)),
	)
}

func comparisons() map[string]comparison {
	return map[string]comparison{"at_most": atMost, "under": under, "at_least": atLeast, "over": over}
}

// maxCost is the greatest estimated cost of one condition, in CEL's units: all
// crimes of all other records, tested a few times, fit; all pairs of records do
// not.
const maxCost = 200_000

// bounds tells the cost estimator how large the lists of a dossier can be.
type bounds struct{}

func (bounds) EstimateSize(element cost.AstNode) *cost.SizeEstimate {
	switch t := element.Type(); {
	case t == nil:
		return nil
	case t.IsExactType(dateType):
		return &cost.SizeEstimate{Min: 1, Max: 1}
	case t.Kind() == types.ListKind && len(t.Parameters()) == 1 && t.Parameters()[0].TypeName() == "Crime":
		return &cost.SizeEstimate{Min: 0, Max: MaxCrimes}
	case t.Kind() == types.ListKind && element.Expr().Kind() != ast.ListKind:
		return &cost.SizeEstimate{Min: 0, Max: MaxRecords}
	case t.Kind() == types.StringKind && element.Expr().Kind() != ast.LiteralKind:
		return &cost.SizeEstimate{Min: 0, Max: 200}
	}
	return nil
}

func (bounds) EstimateCallCost(string, string, *cost.AstNode, []cost.AstNode) *cost.CallEstimate {
	return nil
}

package expr

import (
	"strconv"
	"strings"

	"github.com/expr-lang/expr/ast"

	"runloop/dsl/source"
)

// modules is the modules of other languages whose functions are called with their name before a dot.
var modules = []string{
	"asyncio", "loop", "time", "random", "math", "datetime", "Math", "json", "JSON", "statistics", "numpy", "np", "os", "sys",
	"itertools", "functools", "Number", "Object",
}

// otherFunctions is what does here what a function of Python and others does: %0 and %1 are its arguments, %a all of them.
// What begins with - is said as it stands.
var otherFunctions = source.Words{
	{"str", "string(%0)"}, {"repr", "format('%r', %0)"}, {"toString", "string(%0)"}, {"to_string", "string(%0)"},
	{"toInt", "int(%0)"}, {"parseInt", "int(%0)"}, {"to_int", "int(%0)"}, {"integer", "int(%0)"}, {"trunc", "int(%0)"},
	{"Number", "float(%0)"}, {"number", "float(%0)"}, {"double", "float(%0)"}, {"parseFloat", "float(%0)"},
	{"size", "len(%0)"}, {"length", "len(%0)"}, {"strlen", "len(%0)"}, {"sorted", "sort(%0)"}, {"reversed", "reverse(%0)"},
	{"list", "%0"}, {"tuple", "%0"}, {"dict", "%0"}, {"set", "uniq(%0)"}, {"unique", "uniq(%0)"}, {"distinct", "uniq(%0)"},
	{"cbrt", "%0 ** (1 / 3)"}, {"power", "%0 ** %1"}, {"exp2", "2 ** %0"}, {"fabs", "abs(%0)"}, {"ceiling", "ceil(%0)"},
	{"hypot", "sqrt(%0 ** 2 + %1 ** 2)"}, {"remainder", "mod(%0, %1)"},
	{"fsum", "sum(%0)"}, {"prod", "reduce(%0, #acc * #, 1)"}, {"factorial", "reduce(1..%0, #acc * #, 1)"},
	{"divmod", "[floordiv(%0, %1), mod(%0, %1)]"}, {"avg", "mean(%a)"}, {"average", "mean(%a)"}, {"fmean", "mean(%a)"},
	{"maximum", "max(%a)"}, {"minimum", "min(%a)"}, {"isnan", "%0 != %0"}, {"std", "stdev(%a)"}, {"stddev", "stdev(%a)"}, {"var", "variance(%a)"}, {"quantile", "percentile(%0, 100 * %1)"},
	{"hex", "format('%x', %0)"}, {"oct", "format('%o', %0)"}, {"chr", "format('%c', %0)"}, {"sprintf", "format(%a)"},
	{"uppercase", "upper(%0)"}, {"toUpper", "upper(%0)"}, {"lowercase", "lower(%0)"}, {"toLower", "lower(%0)"},
	{"strip", "trim(%a)"}, {"contains", "%0 contains %1"}, {"includes", "%0 contains %1"},
	{"startswith", "%0 startsWith %1"}, {"startsWith", "%0 startsWith %1"}, {"endswith", "%0 endsWith %1"},
	{"endsWith", "%0 endsWith %1"}, {"substr", "%0[%1:%2]"}, {"substring", "%0[%1:%2]"}, {"slice", "%0[%1:%2]"},
	{"coalesce", "%0 ?? %1"}, {"default", "%0 ?? %1"}, {"ifnull", "%0 ?? %1"}, {"iif", "%0 ? %1 : %2"}, {"iff", "%0 ? %1 : %2"},
	{"isnull", "%0 == null"}, {"is_null", "%0 == null"}, {"is_none", "%0 == null"}, {"defined", "%0 != null"},
	{"isinstance", "type(%0) == '%1'"}, {"typeof", "type(%0)"}, {"dumps", "toJSON(%0)"}, {"loads", "fromJSON(%0)"},
	{"stringify", "toJSON(%0)"}, {"random", "uniform(0, 1)"}, {"rand", "uniform(0, 1)"}, {"random_int", "randint(%a)"},
	{"randrange", "randint(0, %0 - 1)"}, {"sample", "take(shuffle(%0), %1)"}, {"gauss", "normal(%a)"}, {"normalvariate", "normal(%a)"}, {"lognormvariate", "lognormal(%a)"},
	{"betavariate", "beta(%a)"}, {"gammavariate", "gamma(%a)"}, {"weibullvariate", "weibull(%a)"}, {"paretovariate", "pareto(%0)"},
	{"binomialvariate", "binomial(%a)"}, {"expovariate", "exponential(1 / %0)"},
	{"xor", "%0 != %1"}, {"extend", "concat(%a)"}, {"sumBy", "sum(%a)"}, {"where", "filter(%a)"}, {"select", "map(%a)"},
	{"flat", "flatten(%0)"}, {"some", "any(%a)"}, {"every", "all(%a)"}, {"time", "now"}, {"monotonic", "now"}, {"perf_counter", "now"}, {"clock", "now"},
	{"bool", "-a comparison is true or false: write `x != 0`, `s != \"\"` or `len(xs) > 0`"},
	{"input", "-a run reads nothing: what it is given stands under `params:`"},
	{"ord", "-there are no codes of characters: texts are compared as they are, `\"a\" < \"b\"`"},
	{"ln", "log(%0)"}, {"log1p", "log(1 + %0)"}, {"expm1", "exp(%0) - 1"}, {"tan", "sin(%0) / cos(%0)"}, {"atan", "atan2(%0, 1)"},
	{"asin", "atan2(%0, sqrt(1 - %0 ** 2))"}, {"acos", "atan2(sqrt(1 - %0 ** 2), %0)"}, {"radians", "%0 * pi / 180"},
	{"degrees", "%0 * 180 / pi"}, {"rjust", "lpad(%a)"}, {"ljust", "rpad(%a)"}, {"padStart", "lpad(%a)"}, {"padEnd", "rpad(%a)"},
	{"accumulate", "cumsum(%0)"},
	{"sleep", "-it is a step: `- sleep: 1s`"}, {"print", "-it is a step: `- print: text`"},
}

// moduleFunctions is functions that mean something else in their module than alone.
var moduleFunctions = source.Words{
	{"Math.random", "uniform(0, 1)"}, {"JSON.parse", "fromJSON(%0)"},
	{"math.trunc", "int(%0)"}, {"Object.keys", "keys(%0)"}, {"Object.values", "values(%0)"}, {"random.random", "uniform(0, 1)"},
	{"time.sleep", "-it is a step: `- sleep: 1s`"},
}

// mathConstants is the numbers that have a name in Python's math.
var mathConstants = source.Words{
	{"pi", "pi"}, {"e", "2.718281828459045"}, {"tau", "2 * pi"}, {"inf", "float('inf')"},
	{"nan", "float('nan')"}, {"PI", "pi"}, {"E", "2.718281828459045"}, {"Infinity", "float('inf')"},
	{"NaN", "float('nan')"},
}

// otherFunction is the hint for a function of Python and others, "": there is none.
func otherFunction(name string, args []string) string {
	row := otherFunctions.Of(name)
	if row == "" {
		return ""
	}
	return writtenCall(row, args)
}

// writtenCall fills the arguments into a row of otherFunctions.
func writtenCall(row string, args []string) string {
	if said, found := strings.CutPrefix(row, "-"); found {
		return said
	}
	if strings.HasSuffix(row, "'%1'") && len(args) == 2 && typeWords.Of(args[1]) != "" {
		args = []string{args[0], typeWords.Of(args[1])}
	}
	pairs := []string{"%a", strings.Join(args, ", ")}
	for i := range 3 {
		at, arg := "%"+strconv.Itoa(i), "…"
		if i < len(args) {
			arg = args[i]
		}
		if i >= len(args) && row == "%0[%1:%2]" {
			arg = ""
		}
		if strings.Contains(row, "("+at) && strings.Contains(row, at+")") || strings.Contains(row, ", "+at+")") || row == at {
			pairs = append(pairs, at, arg)
		} else {
			pairs = append(pairs, at, Operand(arg))
		}
	}
	return "write `" + strings.NewReplacer(pairs...).Replace(row) + "`"
}

// isModule reports whether a name is a module of Python or others, and of no variable.
func (c *checker) isModule(name string) bool {
	for _, m := range modules {
		if m == name {
			s, known := c.lookupOuter(name)
			return !known || s.Kind == SymLoop || s.Kind == SymDatetime
		}
	}
	return false
}

// moduleConstant reports a constant of a module, such as `math.pi`, and whether the node is one.
func (c *checker) moduleConstant(n *ast.MemberNode) bool {
	base, ok := n.Node.(*ast.IdentifierNode)
	if !ok || base.Value == "loop" || !c.isModule(base.Value) {
		return false
	}
	hint := "leave `" + base.Value + ".` out"
	if name, constant := n.Property.(*ast.StringNode); constant && mathConstants.Of(name.Value) != "" {
		hint = "write `" + mathConstants.Of(name.Value) + "`"
	}
	c.report(n, CodeUnknownName, "there are no modules: `"+base.Value+"` is no variable", hint)
	return true
}

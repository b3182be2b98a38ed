package expr

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/expr-lang/expr/ast"

	"runloop/dsl/source"
	"runloop/engine"
)

// Metrics is what expressions can ask the statistics for, by name.
type Metrics struct {
	Objects map[string]Symbol // declared objects, and lists of them
	Tasks   map[string]bool   // coroutines, and workers and sources with steps of their own
	Calls   map[string]string // workers and sources that run a coroutine: which
	Sources map[string]int    // by place
	Own     map[string]OwnMetric
	Ranked  map[string]bool        // resources that look at priorities
	Asked   map[string]MetricAsked // by the name of the metric, or of the statistic: desk.wait
	More    bool                   // there may be others, which could not be read
}

// MetricAsked is what a metric tells besides.
type MetricAsked struct{ Windows, Histogram bool }

// OwnMetric is a metric that the scenario declares.
type OwnMetric struct {
	Index int
	Kind  engine.MetricKind
}

// Automatic is the statistic that a path such as desk.wait names, of those that are made by themselves: durations or a level; else
// what is wrong with it, and a hint.
func (m *Metrics) Automatic(path []string) (read engine.Measure, problem, hint string) {
	owner, rest := path[0], path[1:]
	names := engine.StatNames(metricKind(m.Objects[owner].Type).Value())
	switch s, known := m.Objects[owner]; {
	case owner == "tasks" && m.Tasks[rest[0]]:
		read.Of, read.Name = engine.MeasureTasks, rest[0]
		owner, rest, names = rest[0], rest[1:], engine.TaskStatNames
	case !known:
		if near := source.Suggest(owner, m.names()); near != "" {
			hint = "did you mean `" + near + "`?"
		}
		return read, "there is no object `" + owner + "`", hint
	default:
		read.Index = s.Index
	}
	var fit []string
	word := strings.Join(rest, ".")
	for _, s := range names {
		switch {
		case s.Class == engine.StatIsCount || s.Class == engine.StatIsDerived:
			if s.Name == word {
				return read, "`" + owner + "." + word + "` is a number: there is nothing more to tell of it", ""
			}
		case s.Name == word:
			read.Stat = s
			return read, "", ""
		default:
			fit = append(fit, s.Name)
		}
	}
	if near := source.Suggest(word, fit); near != "" {
		hint = "did you mean `" + near + "`?"
	} else if len(fit) > 0 {
		hint = "there is " + choices(fit)
	}
	return read, "`" + owner + "` has no statistic `" + word + "`", hint
}

// After is what may stand behind a text that ends in a dot: `metrics`, `metrics.desk`, `metrics.tasks.customer.time`.
func (m *Metrics) After(text string) []string {
	path := strings.Split(text, ".")[1:]
	if len(path) == 0 {
		return m.names()
	}
	var stats []engine.StatName
	if own, ok := m.Own[path[0]]; ok {
		if len(path) == 1 {
			return append(ownFields(own.Kind), m.detailNames(path[0])...)
		}
		return nil
	}
	head, rest := path[0], path[1:]
	switch {
	case head == "tasks" && len(rest) == 0:
		return slices.Sorted(maps.Keys(m.Tasks))
	case head == "sources" && len(rest) == 0:
		return slices.Sorted(maps.Keys(m.Sources))
	case head == "tasks":
		stats, rest = engine.TaskStatNames, rest[1:]
	case head == "sources":
		stats, rest = engine.SourceStatNames, rest[1:]
	default:
		name, _, _ := strings.Cut(head, "[")
		stats = engine.StatNames(metricKind(m.Objects[name].Type).Value())
	}
	if len(rest) == 0 {
		return statNames(stats)
	}
	for _, s := range stats {
		if s.Name == rest[0] && len(rest) == 1 {
			return append(fieldNames(s.Class), m.detailNames(strings.Join(path, "."))...)
		}
	}
	return nil
}

// detailNames is what a statistic tells besides its fields.
func (m *Metrics) detailNames(of string) (list []string) {
	if asked := m.Asked[of]; asked.Histogram {
		list = append(list, "histogram")
	}
	if asked := m.Asked[of]; asked.Windows {
		list = append(list, "windows")
	}
	return list
}

func statNames(list []engine.StatName) []string {
	names := make([]string, len(list))
	for i, s := range list {
		names[i] = s.Name
	}
	return names
}

// fieldNames is the fields of a statistic; none: it is a number itself.
func fieldNames(class engine.StatClass) []string {
	switch class {
	case engine.StatIsTally:
		return append(slices.Clone(engine.TallyFields), "share")
	case engine.StatIsLevel:
		return slices.Clone(engine.LevelFields)
	}
	return nil
}

// names are those that may stand behind `metrics.`, sorted.
func (m *Metrics) names() []string {
	list := append([]string{"tasks", "sources"}, slices.Collect(maps.Keys(m.Own))...)
	for name, s := range m.Objects {
		if len(engine.StatNames(metricKind(s.Type).Value())) > 0 {
			list = append(list, name)
		}
	}
	slices.Sort(list)
	return list
}

// metricKind is the kind of an object, or of those in a list.
func metricKind(t Type) TypeKind {
	if t.Kind == TypeList {
		return t.Element().Kind
	}
	return t.Kind
}

// metricRead is a number of the statistics that an expression reads; of a list of objects, of the one at a place.
type metricRead struct {
	engine.Measure
	at   ast.Node // nil: no list
	part ast.Node // of a slot of time or a bin: its place
}

// metricsPath is the members behind `metrics` in an expression, the first one first; nil: it is another expression.
func (c *checker) metricsPath(n *ast.MemberNode) []*ast.MemberNode {
	path := []*ast.MemberNode{n}
	for {
		base := path[0].Node
		if chain, ok := base.(*ast.ChainNode); ok {
			base = chain.Node
		}
		switch base := base.(type) {
		case *ast.MemberNode:
			path = slices.Insert(path, 0, base)
		case *ast.IdentifierNode:
			s, found := c.lookupOuter(base.Value)
			if !found || s.Kind != SymMetrics {
				return nil
			}
			c.symbols[base] = &s
			return path
		default:
			return nil
		}
	}
}

// metric checks a number of the statistics: metrics.desk.wait.mean.
func (c *checker) metric(n *ast.MemberNode, path []*ast.MemberNode) Type {
	m := metricPath{checker: c, path: path, read: &metricRead{}}
	m.walk()
	if c.failed {
		return FloatType
	}
	c.metrics[n] = m.read
	if m.read.Whole() {
		return IntType
	}
	return FloatType
}

// metricPath is a walk along the names behind `metrics`.
type metricPath struct {
	*checker
	path []*ast.MemberNode
	i    int
	read *metricRead
}

// next is the next name; false: there is none, which is reported with what may follow, or it is computed.
func (m *metricPath) next(what string, names []string) (string, bool) {
	if m.i == len(m.path) {
		last := m.path[m.i-1]
		text := m.e.source(last)
		for i := range names {
			names[i] = text + "." + names[i]
		}
		m.report(last, CodeNotHere, "`"+text+"` alone is no value", "write "+choices(names))
		return "", false
	}
	name, constant := m.path[m.i].Property.(*ast.StringNode)
	if !constant {
		m.value(m.path[m.i].Property)
		if !m.failed {
			m.report(m.path[m.i].Property, CodeNoAttribute, what+" is written out, it is not computed", "")
		}
		return "", false
	}
	m.types[name] = StringType
	m.i++
	return name.Value, true
}

// choices is a few names, of many the first ones.
func choices(names []string) string {
	const most = 6
	if len(names) > most {
		return strings.Join(names[:most], ", ") + " …"
	}
	return strings.Join(names, ", ")
}

// unknown reports the name that was read last.
func (m *metricPath) unknown(code, message string, names []string) {
	hint := ""
	name := m.path[m.i-1].Property.(*ast.StringNode)
	if near := source.Suggest(name.Value, names); near != "" {
		hint = "did you mean `" + near + "`?"
	} else if len(names) > 0 {
		hint = "there is " + choices(names)
	}
	m.report(name, code, message, hint)
}

func (m *metricPath) walk() {
	known := m.env.Metrics
	if known == nil {
		m.report(m.path[0].Node, CodeNotHere, "there are no statistics here: an included file knows no objects", "")
		return
	}
	name, ok := m.next("the name of an object", known.names())
	switch {
	case !ok:
	case name == "tasks":
		m.tasks(known)
	case name == "sources":
		m.sources(known)
	default:
		m.object(known, name)
	}
}

func (m *metricPath) object(known *Metrics, name string) {
	if own, is := known.Own[name]; is {
		m.own(name, own)
		return
	}
	s, ok := known.Objects[name]
	if !ok {
		if known.More {
			m.failed = true
			return
		}
		m.unknown(CodeUnknownName, "there is no object `"+name+"`", known.names())
		return
	}
	m.read.Index = s.Index
	m.metricNames[m.path[m.i-1]] = &s
	if s.Type.Kind == TypeList {
		if m.i == len(m.path) {
			m.report(m.path[m.i-1], CodeNotHere, "`"+name+"` is a list: it has statistics for each", "write `metrics."+name+"[0]`")
			return
		}
		m.read.at = m.path[m.i].Property
		if t := m.value(m.read.at); !Assignable(t, IntType) {
			m.report(m.read.at, CodeType, "`"+name+"` is a list: which of them is said by an int, `"+m.e.source(m.read.at)+"` is "+t.Article(),
				"write `metrics."+name+"[0]`")
			return
		}
		m.i++
	}
	kind := metricKind(s.Type)
	names := engine.StatNames(kind.Value())
	if len(names) == 0 {
		m.report(m.path[m.i-1], CodeNoAttribute, "there are no statistics of "+s.Type.Article(), "")
		return
	}
	m.statistic("`"+name+"`", names)
}

func (m *metricPath) tasks(known *Metrics) {
	names := slices.Sorted(maps.Keys(known.Tasks))
	name, ok := m.next("the name of a coroutine", names)
	switch {
	case !ok:
		return
	case known.Tasks[name]:
	case known.More:
		m.failed = true
		return
	case known.Calls[name] != "":
		m.report(m.path[m.i-1].Property, CodeUnknownName, "`"+name+"` is no coroutine: its tasks run `"+known.Calls[name]+"`",
			"write `metrics.tasks."+known.Calls[name]+"`")
		return
	default:
		m.unknown(CodeUnknownName, "there is no coroutine `"+name+"`", names)
		return
	}
	m.read.Of, m.read.Name = engine.MeasureTasks, name
	m.statistic("tasks", engine.TaskStatNames)
}

func (m *metricPath) sources(known *Metrics) {
	names := slices.Sorted(maps.Keys(known.Sources))
	name, ok := m.next("the name of a source", names)
	if !ok {
		return
	}
	i, found := known.Sources[name]
	if !found {
		if m.failed = known.More; !known.More {
			m.unknown(CodeUnknownName, "there is no source `"+name+"`", names)
		}
		return
	}
	m.read.Of, m.read.Index = engine.MeasureSource, i
	m.statistic("a source", engine.SourceStatNames)
}

// statistic reads the name of a statistic, and of its field.
func (m *metricPath) statistic(owner string, list []engine.StatName) {
	names := statNames(list)
	name, ok := m.next("the name of a statistic", slices.Clone(names))
	if !ok {
		return
	}
	i := slices.Index(names, name)
	if i < 0 {
		verb := "has"
		if owner == "tasks" {
			verb = "have"
		}
		m.unknown(CodeNoAttribute, fmt.Sprintf("%s %s no statistic `%s`", owner, verb, name), names)
		return
	}
	m.read.Stat = list[i]
	if m.i < len(m.path) && list[i].Class == engine.StatIsTally && !m.priority(name) {
		return
	}
	if fields := fieldNames(list[i].Class); fields != nil {
		m.field(fields, list[i])
	} else {
		m.end("`" + name + "` is a number itself")
	}
}

// priority reads which of the waits for a resource are meant: wait[0]. It reports false after an error.
func (m *metricPath) priority(stat string) bool {
	at := m.path[m.i].Property
	if _, isName := at.(*ast.StringNode); isName {
		return true
	}
	t := m.value(at)
	owner, _ := m.path[0].Property.(*ast.StringNode)
	switch {
	case m.failed:
		return false
	case stat != "wait" || !m.env.Metrics.Ranked[owner.Value]:
		m.report(at, CodeNoAttribute, "`"+stat+"` of `"+owner.Value+"` is not told apart by priority", "the `wait` for a resource with `order: priority` or `preemptive` is")
		return false
	case !Assignable(t, NumberType):
		m.report(at, CodeType, "a priority is a number, `"+m.e.source(at)+"` is "+t.Article(), "")
		return false
	}
	m.i++
	m.read.part, m.read.Part = at, engine.PartPriority
	return true
}

// end reports what stands behind a number.
func (m *metricPath) end(message string) {
	if m.i < len(m.path) {
		m.report(m.path[m.i].Property, CodeNoAttribute, message+": it has no `"+m.e.source(m.path[m.i].Property)+"`", "")
	}
}

// asked is what the statistic that was read tells besides.
func (m *metricPath) asked() (name string, asked MetricAsked) {
	for i, member := range m.path[:m.i] {
		if text, named := member.Property.(*ast.StringNode); named { // not the place in a list
			if i > 0 {
				name += "."
			}
			name += text.Value
		}
	}
	return name, m.env.Metrics.Asked[name]
}

func (m *metricPath) field(names []string, stat engine.StatName) {
	of, asked := m.asked()
	name, ok := m.next("the name of a field", slices.Clone(names))
	switch {
	case !ok || m.detail(name, of, asked, slotFields(stat.Class)):
		return
	case m.read.Stat.Class == engine.StatIsTally && name == "share":
		m.share()
	default:
		if m.read.Field, ok = engine.Field(m.read.Stat.Class, name); !ok {
			m.unknown(CodeNoAttribute, fmt.Sprintf("`%s` has no field `%s`", m.read.Stat.Name, name), names)
			return
		}
	}
	m.end("`" + name + "` is a number")
}

// slotFields is the fields of a slot of time.
func slotFields(class engine.StatClass) []string {
	if class == engine.StatIsTally {
		return engine.TallySlotFields
	}
	return engine.LevelSlotFields
}

// detail reads what stands behind `windows` or `histogram`; false: the field is another one.
func (m *metricPath) detail(field, of string, asked MetricAsked, slot []string) bool {
	isWindows := field == "windows"
	switch {
	case !isWindows && field != "histogram":
		return false
	case m.read.Part == engine.PartPriority:
		m.report(m.path[m.i-1].Property, CodeNoAttribute, "the waits of one priority have no "+field, "")
	case isWindows && !asked.Windows:
		m.report(m.path[m.i-1].Property, CodeNoAttribute, "`"+of+"` has no windows", "`metrics: { "+of+": { windows: { every: 1h } } }` makes some")
	case !isWindows && !asked.Histogram:
		m.report(m.path[m.i-1].Property, CodeNoAttribute, "`"+of+"` has no histogram", "`metrics: { "+of+": { histogram: { from: 0, to: 10 } } }` makes one")
	case m.i == len(m.path) && isWindows:
		m.report(m.path[m.i-1], CodeNotHere, "`windows` is of many slots", "write windows[0]."+slot[0])
	case m.i == len(m.path):
		m.report(m.path[m.i-1], CodeNotHere, "`histogram` is of many bins", "write histogram[0], histogram.below or histogram.above")
	default:
		m.place(isWindows, slot)
	}
	return true
}

// place reads which slot or bin, and the field of a slot.
func (m *metricPath) place(isWindows bool, slot []string) {
	at := m.path[m.i].Property
	if name, is := at.(*ast.StringNode); is && !isWindows && (name.Value == "below" || name.Value == "above") {
		m.types[name], m.read.Part = StringType, engine.PartBelow
		if name.Value == "above" {
			m.read.Part = engine.PartAbove
		}
		m.i++
		m.end("`" + name.Value + "` is a number")
		return
	}
	if t := m.value(at); !Assignable(t, IntType) {
		if !m.failed {
			m.report(at, CodeType, "which of them is said by an int, `"+m.e.source(at)+"` is "+t.Article(), "")
		}
		return
	}
	m.i++
	m.read.part, m.read.Part = at, engine.PartBin
	if !isWindows {
		m.end("a bin is a number")
		return
	}
	m.read.Part = engine.PartSlot
	name, ok := m.next("the name of a field", slices.Clone(slot))
	if !ok {
		return
	}
	if !slices.Contains(slot, name) {
		m.unknown(CodeNoAttribute, "a slot has no field `"+name+"`", slot)
		return
	}
	if m.read.Of == engine.MeasureMetric {
		m.read.Field, _ = engine.MetricField(m.env.Metrics.Own[m.path[0].Property.(*ast.StringNode).Value].Kind, name)
	} else {
		m.read.Field, _ = engine.Field(m.read.Stat.Class, name)
	}
	m.end("`" + name + "` is a number")
}

func ownFields(kind engine.MetricKind) []string {
	switch kind {
	case engine.MetricTally:
		return fieldNames(engine.StatIsTally)
	case engine.MetricLevel:
		return fieldNames(engine.StatIsLevel)
	case engine.MetricCount:
		return slices.Clone(engine.CountFields)
	}
	return slices.Clone(engine.StatesFields)
}

var ownSlotFields = [][]string{engine.MetricTally: engine.TallySlotFields, engine.MetricLevel: engine.LevelSlotFields, engine.MetricCount: engine.CountFields}

// own reads what stands behind a metric of the scenario: perhaps a text that keeps observations apart, and a field.
func (m *metricPath) own(name string, own OwnMetric) {
	m.read.Of, m.read.Index = engine.MeasureMetric, own.Index
	if own.Kind == engine.MetricTally {
		m.read.Stat.Class = engine.StatIsTally
	}
	fields := ownFields(own.Kind)
	takesMore := func(field string) bool { return field == "share" || own.Kind == engine.MetricStates }
	field, ok := m.next("the name of a field", slices.Clone(fields))
	if !ok {
		return
	}
	if m.i < len(m.path) && !slices.Contains(fields, field) && field != "windows" && field != "histogram" {
		if _, quantile := engine.MetricField(own.Kind, field); !quantile {
			m.read.By = field
			if field, ok = m.next("the name of a field", slices.Clone(fields)); !ok {
				return
			}
		}
	}
	asked := m.env.Metrics.Asked[name]
	asked.Windows = asked.Windows && m.read.By == ""
	if own.Kind != engine.MetricStates && m.detail(field, name, asked, ownSlotFields[own.Kind]) {
		return
	}
	if own.Kind == engine.MetricTally && field == "share" {
		m.numberShare()
	} else {
		if m.read.Field, ok = engine.MetricField(own.Kind, field); !ok {
			m.unknown(CodeNoAttribute, fmt.Sprintf("`%s` has no field `%s`", name, field), fields)
			return
		}
		if takesMore(field) {
			if m.i == len(m.path) {
				m.report(m.path[m.i-1], CodeNotHere, "`"+field+"` is of a state", "write "+field+`["down"]`)
				return
			}
			m.read.State, _ = m.next("a state", nil)
		}
	}
	m.end("`" + field + "` is a number")
}

// numberShare reads the bound of a share of numbers, or of times in the scenario's unit.
func (m *metricPath) numberShare() {
	if m.i == len(m.path) {
		m.share()
		return
	}
	bound, ok := m.next("the bound of a share", nil)
	if !ok {
		return
	}
	x, err := strconv.ParseFloat(bound, 64)
	if err != nil {
		var ns int64
		ns, err = ParseDuration(bound, m.env.unit())
		x = float64(ns) / float64(m.env.unit())
	}
	if err != nil {
		m.report(m.path[m.i-1].Property, CodeType, "`share` wants a number or a duration, not "+strconv.Quote(bound), `write share["20s"]: the part of the values that are not above that`)
		return
	}
	m.read.Field = engine.ShareField(x)
}

// share reads the bound of a share: share["20s"].
func (m *metricPath) share() {
	if m.i == len(m.path) {
		m.report(m.path[m.i-1], CodeNotHere, "`share` needs a bound", `write share["20s"]: the part of the durations that are not above that`)
		return
	}
	bound, ok := m.next("the bound of a share", nil)
	if !ok {
		return
	}
	ns, err := ParseDuration(bound, m.env.unit())
	if err != nil {
		m.report(m.path[m.i-1].Property, CodeType, "`share` wants a duration: "+err.Error(), `write share["20s"]: the part of the durations that are not above that`)
		return
	}
	m.read.Field = engine.ShareField(float64(ns))
}

// unit is what a bare number of time counts, in nanoseconds.
func (e *Env) unit() int64 {
	if e.Unit == 0 {
		return 1e9
	}
	return e.Unit
}

// metric compiles a number of the statistics.
func (c *compiler) metric(r *metricRead) Compiled {
	at := func(*engine.Loop) int64 { return 0 }
	if r.at != nil {
		at = c.compile(r.at).AsInt("the index of a list")
	}
	part := func(*engine.Loop) float64 { return 0 }
	if r.part != nil {
		part = c.compile(r.part).AsFloat("the place of a part")
	}
	m := r.Measure
	if m.Whole() {
		return ofInt(func(l *engine.Loop) int64 {
			if x := l.Measured(&m, at(l), part(l)); x == x {
				return int64(x)
			}
			return 0
		})
	}
	return ofFloat(func(l *engine.Loop) float64 { return l.Measured(&m, at(l), part(l)) })
}

// Measures reports whether an expression that was checked reads statistics.
func (f Facts) Measures() bool {
	for _, found := range f {
		if len(found.metrics) > 0 {
			return true
		}
	}
	return false
}

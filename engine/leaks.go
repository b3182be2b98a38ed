package engine

// Orphan is an object that a task has acquired and not released, though it has ended.
type Orphan struct{ Object, Task string }

// Orphans is what ended tasks still hold, object by object.
func (l *Loop) Orphans() []Orphan {
	var list []Orphan
	for k := range objectKinds {
		kind := &objectKinds[k]
		if kind.count == nil {
			continue
		}
		for id := range kind.count(&l.objects) {
			for _, holder := range kind.at(&l.objects, uint32(id)).holders(l) {
				if l.warm(holder).entry != 0 && l.task(holder).state.ended() {
					list = append(list, Orphan{l.objectWords(Kind(k), uint32(id)), l.taskName(holder)})
				}
			}
		}
	}
	return list
}

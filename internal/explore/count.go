package explore

import (
	"fmt"
	"math/big"
	"math/bits"
)

// number is a whole number, 0 or more: small ones need no memory.
type number struct {
	small uint64
	large *big.Int // nil: small is it
}

var one = number{small: 1}

func (x number) big() *big.Int {
	if x.large != nil {
		return x.large
	}
	return new(big.Int).SetUint64(x.small)
}

// is reports whether two numbers are the same.
func (x number) is(y number) bool {
	return x.small == y.small && (x.large == nil) == (y.large == nil) && (x.large == nil || x.large.Cmp(y.large) == 0)
}

func (x number) plus(y number) number {
	if x.large == nil && y.large == nil {
		if sum, carry := bits.Add64(x.small, y.small, 0); carry == 0 {
			return number{small: sum}
		}
	}
	return number{large: new(big.Int).Add(x.big(), y.big())}
}

func (x number) times(y number) number {
	if x.large == nil && y.large == nil {
		if hi, lo := bits.Mul64(x.small, y.small); hi == 0 {
			return number{small: lo}
		}
	}
	return number{large: new(big.Int).Mul(x.big(), y.big())}
}

// factorial is n!.
func factorial(n int) number {
	if n <= 20 {
		x := uint64(1)
		for i := 2; i <= n; i++ {
			x *= uint64(i)
		}
		return number{small: x}
	}
	return number{large: new(big.Int).MulRange(1, int64(n))}
}

// over is x divided by y, which divides it.
func (x number) over(y number) number {
	if x.large == nil && y.large == nil {
		return number{small: x.small / y.small}
	}
	q := new(big.Int).Quo(x.big(), y.big())
	if q.IsUint64() {
		return number{small: q.Uint64()}
	}
	return number{large: q}
}

// tally is how many orders there are below a state, and how many of them fail.
type tally struct{ orders, failed number }

func (t tally) plus(u tally) tally { return tally{t.orders.plus(u.orders), t.failed.plus(u.failed)} }

func (t tally) times(n number) tally { return tally{t.orders.times(n), t.failed.times(n)} }

// Grouped is a number with commas between thousands; a very large one as a power of ten.
func Grouped(n *big.Int) string {
	text := n.String()
	if len(text) > 24 {
		return fmt.Sprintf("%s.%s × 10^%d", text[:1], text[1:3], len(text)-1)
	}
	for i := len(text) - 3; i > 0; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	return text
}

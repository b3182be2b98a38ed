// Package theory has queueing systems of which closed formulas are known, each as a scenario, and tests that simulations of them
// agree with the formulas.
package theory

package simulate

import (
	"cmp"
	"math"
	"slices"
)

// The bands of punishment in which the synthetic year is calibrated.
const (
	exempt = iota
	fineAlone
	surveillance
	detention
	detentionSuspended
	year // up to one year of 有期徒刑
	yearSuspended
	three // over one and up to three
	threeSuspended
	five // over three and under five
	more // five and more, life
	bandCount
)

// crimePersons divides the persons among the crimes and gives, for each crime,
// how many are punished in each band. Rows and columns meet the figures.
func crimePersons() ([]crimeFigure, [][bandCount]float64) {
	crimes := nationalCrimes()
	left, weights := figure("persons"), 0.0
	for _, c := range crimes {
		if c.source == rest {
			weights += c.persons
		} else {
			left -= c.persons
		}
	}
	for i := range crimes {
		if crimes[i].source == rest {
			crimes[i].persons *= left / weights
		}
	}
	return crimes, rake(crimes, margins())
}

// margins are the persons of each band in the whole year.
func margins() (m [bandCount]float64) {
	n := figure("persons")
	part := func(id string) float64 { return n * figure(id) / 100 }
	drivers := figure("dangerous_driving_cases") * (1 - shapes()["driving"][exempt]/100)
	m[exempt] = part("detention_or_less") - part("light_penalty")
	m[fineAlone], m[surveillance] = part("fine_alone"), part("surveillance")
	m[detention] = part("light_penalty") - m[fineAlone] - m[surveillance]
	driving, others := figure("dangerous_driving_suspended")/100, figure("detention_suspended")/100
	m[detentionSuspended] = drivers*driving + (m[detention]-drivers*(1-driving))*others/(1-others)
	short := part("one_year") - m[exempt] - m[fineAlone] - m[surveillance] - m[detention] - m[detentionSuspended]
	m[yearSuspended] = short * figure("one_year_suspended") / 100
	m[year] = short - m[yearSuspended]
	m[threeSuspended] = part("suspended") - m[detentionSuspended] - m[yearSuspended]
	m[three] = n - part("one_year") - part("over_three_years") - m[threeSuspended]
	m[more] = part("five_years")
	m[five] = part("over_three_years") - m[more]
	return m
}

// rake fits the shapes to both margins by iterative proportional fitting: rows
// and columns are scaled in turn until neither changes. Fixed rows are taken
// out before.
func rake(crimes []crimeFigure, columns [bandCount]float64) [][bandCount]float64 {
	table := make([][bandCount]float64, len(crimes))
	for i, c := range crimes {
		table[i] = c.shape
		scale(&table[i], c.persons)
		if c.fixed {
			for b := range columns {
				columns[b] -= table[i][b]
			}
		}
	}
	for range 500 {
		var sums [bandCount]float64
		each(crimes, table, func(_ int, row *[bandCount]float64) {
			for b := range sums {
				sums[b] += row[b]
			}
		})
		worst := 0.0
		each(crimes, table, func(i int, row *[bandCount]float64) {
			for b := range sums {
				if sums[b] > 0 {
					row[b] *= columns[b] / sums[b]
				}
			}
			worst = math.Max(worst, math.Abs(scale(row, crimes[i].persons)-1))
		})
		if worst < 1e-9 {
			break
		}
	}
	return table
}

func each(crimes []crimeFigure, table [][bandCount]float64, do func(int, *[bandCount]float64)) {
	for i := range crimes {
		if !crimes[i].fixed {
			do(i, &table[i])
		}
	}
}

// scale brings a row to a sum and gives the factor.
func scale(row *[bandCount]float64, to float64) float64 {
	sum := 0.0
	for _, x := range row {
		sum += x
	}
	for b := range row {
		row[b] *= to / sum
	}
	return to / sum
}

// apportion rounds a table to whole numbers that keep the total and, to a unit,
// the total of each band: what the figures are about is bands.
func apportion(table [][bandCount]float64, total int) [][bandCount]int {
	var sums [bandCount]float64
	for i := range table {
		for b, x := range table[i] {
			sums[b] += x
		}
	}
	out := make([][bandCount]int, len(table))
	column := make([]float64, len(table))
	for b, n := range wholes(sums[:], total) {
		for i := range table {
			column[i] = table[i][b]
		}
		for i, k := range wholes(column, n) {
			out[i][b] = k
		}
	}
	return out
}

// wholes divides a total in proportion to the parts, the greatest remainders
// first; ties go to the earlier part.
func wholes(parts []float64, total int) []int {
	sum := 0.0
	for _, x := range parts {
		sum += x
	}
	out, order := make([]int, len(parts)), make([]int, len(parts))
	left := total
	of := func(i int) float64 { return parts[i] * float64(total) / sum }
	for i := range parts {
		out[i], order[i] = int(of(i)), i
		left -= out[i]
	}
	slices.SortStableFunc(order, func(i, j int) int { return cmp.Compare(of(j)-math.Floor(of(j)), of(i)-math.Floor(of(i))) })
	for _, i := range order[:left] {
		out[i]++
	}
	return out
}

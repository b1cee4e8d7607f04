# cn-adult-preferred, version 1, for an open conviction: what does the rule say
# of the record that input.record counts to?
#
# An attribute that is missing is unknown. Hence every clause is asked twice:
# does it surely bar the record, and does it surely not? What is neither is open,
# and an open clause sends a record that nothing bars to review.
package preferred

default outcome := "review"

outcome := "keep" if barred

outcome := "observe" if {
	not barred
	clear
	input.on < record.effective_date
}

outcome := "seal" if {
	not barred
	clear
	input.on >= record.effective_date
}

record := input.records[input.record]

others contains o if {
	some i, o in input.records
	i != input.record
}

# 门槛: a year of 有期徒刑, or three where all crimes are negligent.

within(months) if data.gravity[record.sentence.kind] < data.gravity["有期徒刑"]

within(months) if {
	record.sentence.kind == "有期徒刑"
	record.sentence.months < months
}

within(months) if {
	record.sentence.kind == "有期徒刑"
	record.sentence.months == months
	object.get(record.sentence, "days", 0) == 0
}

beyond(months) if data.gravity[record.sentence.kind] > data.gravity["有期徒刑"]

beyond(months) if {
	record.sentence.kind == "有期徒刑"
	record.sentence.months > months
}

beyond(months) if {
	record.sentence.kind == "有期徒刑"
	record.sentence.months == months
	record.sentence.days > 0
}

negligent if {
	count(record.crimes) > 0
	every c in record.crimes { c.mens_rea == "negligence" }
}

intentional if {
	some c in record.crimes
	c.mens_rea == "intent"
}

light if within(12)

light if {
	negligent
	within(36)
}

grave if beyond(36)

grave if {
	beyond(12)
	intentional
}

# 排除范围: marks of the catalogue, by crime and category.

categories := ["national_security", "terrorism", "sexual", "drug", "mafia", "duty"]

in_category(c, category) if data.crimes[c.name][category] == "always"

in_category(c, category) if {
	data.crimes[c.name][category] == "victim_minor"
	c.victim_minor
}

in_category(c, category) if {
	data.crimes[c.name][category] == "official"
	c.by_official
}

outside(c, category) if {
	marks := data.crimes[c.name]
	not marks[category]
}

outside(c, category) if {
	data.crimes[c.name][category] == "victim_minor"
	c.victim_minor == false
}

outside(c, category) if {
	data.crimes[c.name][category] == "official"
	c.by_official == false
}

excluded if {
	some c in record.crimes
	some category in categories
	in_category(c, category)
}

included if {
	count(record.crimes) > 0
	every c in record.crimes {
		every category in categories { outside(c, category) }
	}
}

# 初犯, 新罪, 漏罪: the other convictions in effect on the day. Eighteen counts
# from the day after the birthday.

eighteenth := sprintf("%d%s", [to_number(substring(input.person.birth, 0, 4)) + 18, substring(input.person.birth, 4, -1)])

grown(o) if o.offence_date > eighteenth

young(o) if {
	o.offence_date >= input.person.birth
	o.offence_date <= eighteenth
}

counts(o) if {
	o.kind == "conviction"
	o.effective_date <= input.on
}

bars(o) if {
	counts(o)
	grown(o)
}

bars(o) if {
	counts(o)
	o.offence_date > record.effective_date
}

bars(o) if {
	counts(o)
	o.effective_date > record.effective_date
	o.offence_date <= record.effective_date
}

harmless(o) if o.kind != "conviction"

harmless(o) if o.effective_date > input.on

harmless(o) if {
	young(o)
	o.offence_date <= record.effective_date
	o.effective_date <= record.effective_date
}

barred if grave

barred if excluded

barred if record.flags.recidivist

barred if {
	some o in others
	bars(o)
}

clear if {
	record.effective_date
	light
	included
	record.flags.recidivist == false
	every o in others { harmless(o) }
}

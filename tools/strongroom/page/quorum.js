// Whether the witnesses of a policy that cosigned a head are enough of them (docs/LOG.md, section 6.3).

// `quorum` is {met_by, groups: [{threshold, members}]}, met_by and each member {witness} or {group} by its number;
// a group's members are of the groups before it. However many keys an operator has, they count once.
export function isQuorum({ met_by, groups }, witnesses) {
  const cosigned = witnesses.map(({ state }) => state === "holds");
  const met = [];
  for (const { threshold, members } of groups) {
    const operators = members
      .filter(({ witness }) => cosigned[witness])
      .map(({ witness }) => witnesses[witness].operator);
    const metGroups = members.filter(({ group }) => met[group]);
    met.push(new Set(operators).size + metGroups.length >= threshold);
  }
  return met_by.group === undefined ? cosigned[met_by.witness] : met[met_by.group];
}

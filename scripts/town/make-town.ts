/** Writes the simulated town's map and registry from its plan; the same bytes every time. `node scripts/town/make-town.ts [--check]` */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { stringify } from 'yaml'
import { buildings, cellFeatures, collection, parks, streets, water } from './map.ts'
import { type Plan, ROOT, readPlan } from './plan.ts'
import { registryOf } from './registry.ts'

const HEADER = `# The simulated town: every person, number and plate is invented. Written by scripts/town/make-town.ts; change the plan or the
# people there, not this file.
`

/** Path below the repository's root → content. */
export function townFiles(plan: Plan): ReadonlyMap<string, string> {
  return new Map([
    ['config/grid/streets.geojson', collection(streets(plan))],
    ['config/grid/buildings.geojson', collection(buildings(plan))],
    ['config/grid/water.geojson', collection(water(plan))],
    ['config/grid/parks.geojson', collection(parks(plan))],
    ['config/grid/cells.geojson', collection(cellFeatures(plan))],
    [
      'config/scenarios/town.registry.yaml',
      HEADER + stringify(registryOf(plan), { lineWidth: 0, aliasDuplicateObjects: false })
    ]
  ])
}

if (import.meta.main) {
  const check = process.argv.includes('--check')
  for (const [path, content] of townFiles(readPlan())) {
    const file = join(ROOT, path)
    if (!check) writeFileSync(file, content)
    else if (readFileSync(file, 'utf8') !== content) {
      console.error(`${path} is not what the plan gives; run node scripts/town/make-town.ts`)
      process.exitCode = 1
    }
  }
}

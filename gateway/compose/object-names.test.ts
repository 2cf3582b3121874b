/** Names for what audit entries are about. */

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { stringify } from 'yaml'
import { loadRegistry } from '../registry/load.ts'
import { createRegistry } from '../registry/registry.ts'
import { createRows } from '../registry/rows.ts'
import { SMALL_TOWN } from '../testing/run-gateway.ts'
import { tempDir } from '../testing/temp-dir.ts'
import { objectNames } from './object-names.ts'

test('households, units, cameras, groups and sources have their names; what is gone, and what has no name, has none', async () => {
  const file = join(tempDir('names'), 'registry.yaml')
  writeFileSync(file, stringify(SMALL_TOWN))
  const data = await loadRegistry(file)
  const nameOf = objectNames({ ...createRegistry(data), rows: createRows(data) })
  const objects = ['subject:h1', 'unit:u1', 'camera:c1', 'group:g1', 'source:mqtt:linxi/box-03']
  expect(objects.map(nameOf)).toEqual(['陈桂芳', '巡防 07 车', '杏花巷东口', '杏花巷第一组', '惠民超市'])
  for (const none of ['subject:gone', 'source:sip:1', 'incident:1122-0001', 'audit', 'toString:x', ''])
    expect([none, nameOf(none)]).toEqual([none, undefined])
})

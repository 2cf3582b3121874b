/** A person of the command line belongs to a team that exists: of the registry file or of the page, and not one removed there. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { stringify } from 'yaml'
import { openSqliteStore } from '../storage/sqlite/store.ts'
import { SMALL_TOWN } from '../testing/run-gateway.ts'
import { tempDir } from '../testing/temp-dir.ts'
import { checkTeam, knownTeams } from './known-teams.ts'

it('knows the teams of the file and of the page, and names them to whoever asks for another', async () => {
  const folder = tempDir('teams')
  const file = join(folder, 'village.yaml')
  const unit = SMALL_TOWN.units[0]
  writeFileSync(file, stringify({ ...SMALL_TOWN, units: ['unit-1', 'unit-2'].map(id => ({ ...unit, id })) }))
  const store = await openSqliteStore({ dir: folder })
  try {
    await store.commit({
      documents: [
        { kind: 'registry.unit', key: 'unit-2', body: { version: 1, fields: [] } },
        { kind: 'registry.unit', key: 'unit-3', body: { version: 1, fields: [], value: { id: 'unit-3' } } }
      ]
    })
    const teams = await knownTeams(file, store)
    expect([...teams]).toEqual(['unit-1', 'unit-3'])
    expect(() => checkTeam('unit-3', teams)).not.toThrow()
    expect(() => checkTeam('unit-2', teams)).toThrow(
      expect.objectContaining({ code: 'BODY_INVALID', detail: { field: '--unit', allowed: 'unit-1, unit-3' } })
    )
    expect(await knownTeams('', store)).toEqual(new Set(['unit-3']))
  } finally {
    await store.close()
  }
})

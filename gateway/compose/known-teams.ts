/** The teams that a person of the command line may belong to: a patrol of none that exists would log in and never be sent. */
import { GatewayError } from '../core/errors.ts'
import type { Store } from '../core/store.ts'
import { loadRegistry } from '../registry/load.ts'
import { everyDocument } from '../registry/records.ts'

/** Ids of the units of the registry file (empty: none is named) and of those entered on the page, less those that were removed there. */
export async function knownTeams(registryFile: string, store: Store): Promise<ReadonlySet<string>> {
  const teams = new Set<string>()
  if (registryFile !== '') for (const { id } of (await loadRegistry(registryFile)).units) teams.add(id)
  for await (const [unitId, { value }] of everyDocument<{ readonly value?: object }>(store, 'registry.unit')) {
    if (value) teams.add(unitId)
    else teams.delete(unitId)
  }
  return teams
}

/** BODY_INVALID naming the teams there are, for one that nobody knows. */
export function checkTeam(unit: string, teams: ReadonlySet<string>): void {
  if (teams.has(unit)) return
  const allowed = teams.size > 0 ? [...teams].join(', ') : 'a unit of the registry; it has none yet'
  throw new GatewayError('BODY_INVALID', { field: '--unit', allowed })
}

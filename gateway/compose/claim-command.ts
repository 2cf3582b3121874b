/** `add-claim`: a one-time code for a box of the registry, so that whoever mounts it need not carry a password. */
import { adapters } from '../../adapters/index.ts'
import { loadConfig } from '../config.ts'
import { id } from '../core/brand.ts'
import { GatewayError } from '../core/errors.ts'
import { createRegistry } from '../registry/registry.ts'
import { openSqliteStore } from '../storage/sqlite/store.ts'
import { systemClock } from '../supervise/clock.ts'
import { type CommonOptions, overrides } from './command-line.ts'
import { loadPlace } from './place.ts'
import { openSubjectEdits } from './registry-desk.ts'

const HOUR_MS = 3_600_000
const LONGEST_H = 24 * 90

export async function addClaim(
  protocol: string,
  key: string,
  options: CommonOptions & { readonly hours: string }
): Promise<void> {
  const definition = adapters.find(each => each.name === protocol)
  if (!definition?.newClaim) {
    const allowed = adapters.filter(each => each.newClaim).map(each => each.name)
    throw new GatewayError('BODY_INVALID', { field: 'protocol', allowed: allowed.join(', ') })
  }
  const hours = Number(options.hours)
  if (!Number.isInteger(hours) || hours < 1 || hours > LONGEST_H)
    throw new GatewayError('BODY_INVALID', { field: '--hours', allowed: `1 to ${LONGEST_H}` })
  const config = loadConfig(options.config, adapters, overrides(options))
  const { data } = await loadPlace(config)
  const atMs = systemClock.now()
  const claim = definition.newClaim(key, atMs + hours * HOUR_MS)
  const store = await openSqliteStore({ dir: config.storage.dir })
  try {
    // A running gateway's too: what was entered in the console stands in the store, not in the file.
    const { rows } = createRegistry(data)
    await openSubjectEdits(rows, systemClock, store)
    const source = rows.source(id(`${protocol}:${key}`))
    const subject = source && rows.subject(source.subjectId)
    // A code without a household would be a box that nobody knows.
    if (!subject)
      throw new GatewayError('NOT_FOUND', { source: `${protocol}:${key}`, why: 'it is not in the registry' })
    await store.saveCredential(
      { adapter: protocol, key: claim.storedAs, username: key, password: claim.secret },
      {
        ...{ atMs, who: 'command line', action: 'deviceClaimCode', object: `${protocol}:${key}`, outcome: 'done' },
        detail: { hours, subject: subject.name }
      }
    )
    process.stdout.write(`${claim.code}  ${key}  ${subject.name}, ${hours} h  (shown once)\n`)
  } finally {
    await store.close()
  }
}

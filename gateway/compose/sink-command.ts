/** `add-sink-secret`: the secret that signs what goes to a sink; a new one counts from the next message on. */
import { randomBytes } from 'node:crypto'
import { adapters } from '../../adapters/index.ts'
import { loadConfig } from '../config.ts'
import { GatewayError } from '../core/errors.ts'
import { openSqliteStore } from '../storage/sqlite/store.ts'
import { systemClock } from '../supervise/clock.ts'
import { type CommonOptions, overrides } from './command-line.ts'
import { secretOfFile } from './secret-file.ts'
import { SINK_CREDENTIAL } from './sink-desk.ts'

const MIN_LENGTH = 16

export async function addSinkSecret(
  name: string,
  options: CommonOptions & { readonly secretFile?: string }
): Promise<void> {
  const config = loadConfig(options.config, adapters, overrides(options))
  const names = config.outwards.sinks.map(each => each.name)
  if (!names.includes(name)) throw new GatewayError('BODY_INVALID', { field: 'name', allowed: names.join(', ') })
  const given = options.secretFile && (await secretOfFile(options.secretFile, '--secret-file'))
  if (given !== undefined && given.length < MIN_LENGTH)
    throw new GatewayError('BODY_INVALID', { field: '--secret-file', allowed: `${MIN_LENGTH} characters or more` })
  const password = given ?? randomBytes(32).toString('base64url')
  const store = await openSqliteStore({ dir: config.storage.dir })
  try {
    await store.saveCredential(
      { adapter: SINK_CREDENTIAL, key: name, username: name, password },
      { atMs: systemClock.now(), who: 'command line', action: 'sink.secret', object: `sink:${name}`, outcome: 'done' }
    )
    process.stdout.write(`${name}${given ? ': stored' : `  ${password}  (shown once)`}\n`)
  } finally {
    await store.close()
  }
}

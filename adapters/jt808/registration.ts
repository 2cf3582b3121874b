/** 0x0100: who may have the code of a number. Registering proves nothing, so it neither ends nor locks out the terminal that is here. */
import { randomBytes } from 'node:crypto'
import type { TerminalApplication } from '../../gateway/core/registration.ts'
import type { TerminalContext } from './context.ts'
import type { Message } from './decode.ts'
import { authKey, digest, sourceIdOf } from './identity.ts'
import type { Terminal } from './session.ts'

/** Results of 0x8100. */
const [OK, VEHICLE_TAKEN, NO_VEHICLE, NO_TERMINAL] = [0, 1, 2, 4] as const
export const TAKEN = 3

/** A code is durable when this resolves. */
export async function registration(
  { maker, model, plate, terminalId }: Message & { kind: 'register' },
  phone: string,
  line: Pick<Terminal, 'origin'>,
  context: TerminalContext
): Promise<{ readonly result: number; readonly code?: string }> {
  const { host, config, online } = context
  const { origin } = line
  const sourceId = sourceIdOf(phone)
  const application: TerminalApplication = { sourceId, origin, maker, model, plate, terminalId }
  if (!host.known(sourceId)) {
    host.reject('unknownTerminal', origin, phone)
    host.applied?.(application)
    // A message that names a vehicle learns that the vehicle is not in the registry, another that the terminal is not.
    return { result: plate === '' ? NO_TERMINAL : NO_VEHICLE }
  }
  const heard = (holder: Terminal | undefined): holder is Terminal =>
    holder !== undefined && holder !== line && host.clock.steady() - holder.lastFrameMs < config.idleTimeoutMs
  const looks = config.terminalChange === 'approve' ? host.admits : undefined
  const admission = (await looks?.(application, heard(online.get(phone)))) ?? 'same'
  if (admission === 'other') {
    host.reject('otherTerminal', origin, phone)
    return { result: VEHICLE_TAKEN }
  }
  const holder = online.get(phone)
  // The one before goes when an administrator has said so; a terminal that came back has its code.
  if (heard(holder) && admission !== 'replaced') {
    host.reject('terminalTaken', origin, phone)
    return { result: TAKEN }
  }
  const code = randomBytes(8).toString('hex')
  await host.remember({ key: authKey(phone), value: digest(code).toString('hex') })
  if (heard(holder)) holder.close()
  return { result: OK, code }
}

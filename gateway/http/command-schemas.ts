/** JSON Schemas of orders to devices, by kind, so that a wrong field is told for the order that was meant. */
import Type from 'typebox'
import type { CommandKind } from '../core/device-command.ts'

const order = <T extends Record<string, Type.TSchema>>(properties: T) =>
  Type.Object({ kind: Type.String(), ...properties }, { additionalProperties: false })
const Seconds = (minimum: number, maximum: number) => Type.Integer({ minimum, maximum })
const Partition = Type.Optional(Type.String({ pattern: '^[A-Za-z0-9_-]{1,16}$' }))
const Called = Type.String({ pattern: '^\\+?[0-9*#]{1,31}$' })
const DAY_S = 86_400

export const COMMAND_BODIES: Readonly<Record<CommandKind, Type.TSchema>> = {
  text: order({
    // Nothing that a screen or a spoken voice would take for an order of its own.
    text: Type.String({ minLength: 1, maxLength: 200, pattern: '^[^\\u0000-\\u001f\\u007f]+$' }),
    on: Type.Enum(['driver', 'screen', 'sign'])
  }),
  callBack: order({ number: Called }),
  listenIn: order({ number: Called }),
  cabinSound: order({}),
  photo: order({ channel: Type.Optional(Type.Integer({ minimum: 1, maximum: 255 })) }),
  track: order({ intervalS: Seconds(0, 3_600), forS: Seconds(1, DAY_S) }),
  arm: order({ partition: Partition }),
  disarm: order({ partition: Partition }),
  siren: order({ seconds: Seconds(0, 600) }),
  relay: order({
    output: Type.Integer({ minimum: 1, maximum: 64 }),
    on: Type.Boolean(),
    seconds: Type.Optional(Seconds(1, DAY_S))
  })
}

export const CommandBody = Type.Object(
  {
    source: Type.String({ minLength: 1, maxLength: 200 }),
    command: Type.Object({ kind: Type.String({ maxLength: 20 }) }),
    silentConfirmed: Type.Optional(Type.Boolean()),
    confirmedBy: Type.Optional(Type.String({ minLength: 1, maxLength: 64 })),
    confirmedByPassword: Type.Optional(Type.String({ minLength: 1, maxLength: 256 }))
  },
  { additionalProperties: false }
)

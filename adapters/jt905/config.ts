/** Settings of the JT/T 905 listener, with their defaults. */
import { type Static, Type } from 'typebox'
import { listenInSetting, terminalSettings, trackSettings } from '../kit/terminal-config.ts'

const confirmation = Type.Union([Type.Literal('8203'), Type.Literal('8B0A'), Type.Literal('8B0B')])

export const jt905Config = Type.Object(
  {
    ...terminalSettings(7612),
    trusted: Type.Array(Type.String({ minLength: 1, maxLength: 64 }), {
      default: [],
      maxItems: 1_000,
      description: 'addresses or networks (10.1.0.0/16) of a closed line; set, positions are taken only from them'
    }),
    confirmMessages: Type.Array(confirmation, {
      default: ['8203', '8B0A', '8B0B'],
      minItems: 1,
      maxItems: 3,
      description: 'sent when an operator acknowledges, until the emergency bit is released (8B0B lifts the alarm)'
    }),
    ...trackSettings,
    photoChannels: Type.Array(Type.Integer({ minimum: 1, maximum: 255 }), {
      default: [1],
      maxItems: 8,
      description: 'on an emergency a photo of each of these in-car cameras is asked for (0x8801); empty: none'
    }),
    photoMaxBytes: Type.Integer({
      default: 1_048_576,
      minimum: 16_384,
      maximum: 8_388_608,
      description: 'a bigger photo is refused'
    }),
    ...listenInSetting,
    textAloud: Type.Boolean({
      default: false,
      description: 'texts to the driver are also read aloud: whoever threatens him hears them too'
    })
  },
  {
    additionalProperties: false,
    default: {},
    description: 'taxis (JT/T 905, TCP and UDP)'
  }
)

export type Jt905Config = Readonly<Static<typeof jt905Config>>

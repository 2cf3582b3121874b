/** Settings of the JT/T 808 listener, with their defaults. */
import { type Static, Type } from 'typebox'
import {
  accidentSettings,
  listenInSetting,
  personalSettings,
  terminalSettings,
  trackSettings
} from '../kit/terminal-config.ts'

export const jt808Config = Type.Object(
  {
    ...terminalSettings(7611),
    terminalChange: Type.Union([Type.Literal('approve'), Type.Literal('take')], {
      default: 'approve',
      description:
        'approve: another terminal than the one that a number first registered with waits for the administrator; take: it gets its code'
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
    textAloud: Type.Boolean({
      default: false,
      description: 'texts to the driver are also read aloud: whoever threatens him hears them too'
    }),
    ...listenInSetting,
    ...accidentSettings,
    ...personalSettings
  },
  {
    additionalProperties: false,
    default: {},
    description: 'taxis and other vehicle terminals (JT/T 808-2011/2013/2019, TCP and UDP)'
  }
)

export type Jt808Config = Readonly<Static<typeof jt808Config>>

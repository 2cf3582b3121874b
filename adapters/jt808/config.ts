/** Settings of the JT/T 808 listener, with their defaults. */
import { type Static, Type } from 'typebox'
import { terminalSettings } from '../kit/terminal-config.ts'

export const jt808Config = Type.Object(
  {
    ...terminalSettings(7611),
    trackIntervalS: Type.Integer({
      default: 5,
      minimum: 0,
      maximum: 3600,
      description: 'on an emergency the vehicle is asked to report its position this often (0x8202); 0: not asked'
    }),
    trackForS: Type.Integer({
      default: 1800,
      minimum: 1,
      maximum: 86_400,
      description: 'how long it reports so often'
    }),
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
    listenIn: Type.Boolean({
      default: false,
      description:
        'true: the floor may have a vehicle call a number to be heard unnoticed, with a leader as second person'
    })
  },
  {
    additionalProperties: false,
    default: {},
    description: 'taxis and other vehicle terminals (JT/T 808-2011/2013/2019, TCP and UDP)'
  }
)

export type Jt808Config = Readonly<Static<typeof jt808Config>>

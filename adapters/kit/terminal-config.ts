/** Settings that the listeners of vehicle terminals share, with their defaults. */
import { Type } from 'typebox'

/** Their keys for a protocol whose standard port this is. */
export const terminalSettings = (port: number) => ({
  address: Type.String({ default: '0.0.0.0', minLength: 1, description: 'address to listen on' }),
  port: Type.Integer({ default: port, minimum: 0, maximum: 65535, description: 'TCP port' }),
  udpPort: Type.Integer({ default: port, minimum: -1, maximum: 65535, description: 'UDP port; -1: off' }),
  datum: Type.Union([Type.Literal('wgs84'), Type.Literal('gcj02')], {
    default: 'wgs84',
    description: 'grid of the positions that terminals report'
  }),
  maxConnections: Type.Integer({
    default: 5000,
    minimum: 1,
    maximum: 100_000,
    description: 'connections at once, all addresses; as many terminals again over UDP'
  }),
  maxConnectionsPerAddress: Type.Integer({
    default: 1000,
    minimum: 1,
    maximum: 100_000,
    description: 'mobile carriers put whole fleets behind one address'
  }),
  datagramsPerSecond: Type.Integer({
    default: 200,
    minimum: 1,
    maximum: 100_000,
    description: 'taken over UDP from one address while its terminals have not authenticated'
  }),
  idleTimeoutMs: Type.Integer({
    default: 180_000,
    minimum: 1000,
    maximum: 3_600_000,
    description: "three heartbeats without a valid frame end a connection, or a terminal's presence over UDP"
  }),
  unverifiedPerMinute: Type.Integer({
    default: 10,
    minimum: 1,
    maximum: 10_000,
    description: 'emergencies taken from unauthenticated terminals, per known number or per unknown address'
  }),
  stuckAfterReports: Type.Integer({
    default: 10,
    minimum: 1,
    maximum: 1000,
    description: 'reports with the emergency bit still set after the confirmation before the button counts as stuck'
  }),
  confirmTimeoutMs: Type.Integer({
    default: 15_000,
    minimum: 100,
    maximum: 600_000,
    description: 'a confirmation without an answer is sent again with the next report after this'
  }),
  lateMaxMs: Type.Integer({
    default: 1_800_000,
    minimum: 0,
    maximum: 86_400_000,
    description: 'a replayed emergency older than this is journaled and raises nothing'
  })
})

/** Temporary tracking of a vehicle that has pressed. */
export const trackSettings = {
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
  })
}

export const listenInSetting = {
  listenIn: Type.Boolean({
    default: false,
    description:
      'true: the floor may have a vehicle call a number to be heard unnoticed, with a leader as second person'
  })
}

const alarmBit = (preset: number, description: string) =>
  Type.Integer({ default: preset, minimum: -1, maximum: 31, description })

/** Alarm flags of vehicles that tell of an accident. */
export const accidentSettings = {
  collisionBit: alarmBit(
    29,
    'vehicles: alarm bit of a collision (the standard: 29), a medical alarm; -1: raises nothing'
  ),
  rollOverBit: alarmBit(30, 'vehicles: alarm bit of a roll-over (the standard: 30), likewise; -1: raises nothing'),
  stuckBitMs: Type.Integer({
    default: 600_000,
    minimum: 0,
    maximum: 86_400_000,
    description: 'an accident or fall bit that is set for so long is a trouble, since it hides the next; 0: never'
  })
}

/** What the alarm flags of watches and pendants (`kind: oneKeyCall` in the registry) mean beside bit 0, by their maker's manual. */
export const personalSettings = {
  lowBatteryBit: alarmBit(
    7,
    'watches and pendants: alarm bit of a low battery (the standard: 7, low voltage); -1: none'
  ),
  fallBit: alarmBit(-1, 'watches and pendants: alarm bit of a fall, by the maker’s manual; -1: none'),
  notWornBit: alarmBit(-1, 'watches and pendants: alarm bit of a device that is not worn, likewise; -1: none')
}

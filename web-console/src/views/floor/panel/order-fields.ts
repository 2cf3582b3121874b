/** What each order to a device asks for before it is sent: its fields as data, and the order that they make. */
import type { CommandKind, CommandTarget, DeviceCommand } from '../../../../../gateway/core/device-command.ts'

export interface OrderField {
  readonly name: string
  readonly type: 'text' | 'number' | 'tel' | 'choice'
  readonly initial?: string
  readonly optional?: boolean
  readonly choices?: readonly string[]
  readonly min?: number
  readonly max?: number
}

const partition: OrderField = { name: 'partition', type: 'text', optional: true }
const number: OrderField = { name: 'number', type: 'tel' }
const whole = (name: string, initial: string | undefined, min: number, max: number, optional = false): OrderField => ({
  ...{ name, type: 'number', min, max, optional },
  ...(initial === undefined ? {} : { initial })
})

/** The bounds are those of gateway/http/command-schemas.ts, which decides. */
const ORDER_FIELDS: Readonly<Record<CommandKind, readonly OrderField[]>> = {
  text: [
    { name: 'text', type: 'text' },
    { name: 'on', type: 'choice', initial: 'driver', choices: ['driver', 'screen', 'sign'] }
  ],
  callBack: [number],
  listenIn: [number],
  cabinSound: [],
  photo: [whole('channel', undefined, 1, 255, true)],
  track: [whole('intervalS', '5', 0, 3_600), whole('forS', '600', 1, 86_400)],
  arm: [partition],
  disarm: [partition],
  siren: [whole('seconds', '30', 0, 600)],
  relay: [
    whole('output', '1', 1, 64),
    { name: 'state', type: 'choice', initial: 'on', choices: ['on', 'off'] },
    whole('seconds', undefined, 1, 86_400, true)
  ]
}

/** What is asked for at this device: a roof sign only where its terminal has one. */
export function fieldsAt(kind: CommandKind, { roofSign }: Pick<CommandTarget, 'roofSign'>): readonly OrderField[] {
  if (kind !== 'text' || roofSign) return ORDER_FIELDS[kind]
  return ORDER_FIELDS.text.map(each =>
    each.choices ? { ...each, choices: each.choices.filter(choice => choice !== 'sign') } : each
  )
}

/** Undefined while a field that is needed is empty. */
export function orderOf(kind: CommandKind, values: Readonly<Record<string, string>>): DeviceCommand | undefined {
  const order: Record<string, unknown> = { kind }
  for (const { name, type, optional } of ORDER_FIELDS[kind]) {
    const value = values[name]?.trim() ?? ''
    if (value === '' && !optional) return undefined
    if (name === 'state') order.on = value === 'on'
    else if (value !== '') order[name] = type === 'number' ? Number(value) : value
  }
  return order as DeviceCommand
}

export function initialValues(kind: CommandKind): Readonly<Record<string, string>> {
  return Object.fromEntries(ORDER_FIELDS[kind].map(field => [field.name, field.initial ?? '']))
}

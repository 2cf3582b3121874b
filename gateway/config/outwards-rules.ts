/** What must agree within and between sinks. */
import type { SinkSettings } from '../core/outwards.ts'
import type { Fault } from './faults.ts'

export function sinkConflicts(sinks: readonly SinkSettings[]): readonly Fault[] {
  const names = new Set<string>()
  return sinks.flatMap((sink, index) => {
    const fault = (key: string, text: string): Fault => ({
      path: ['outwards', 'sinks', String(index), key],
      text: `outwards.sinks.${index}.${key} ${text}`
    })
    const faults: Fault[] = []
    if (names.has(sink.name)) faults.push(fault('name', `is ${sink.name} again; allowed: a name of its own`))
    names.add(sink.name)
    if (!URL.canParse(sink.url)) faults.push(fault('url', 'is no address; allowed: http or https'))
    if (sink.format !== 'cap') return faults
    if (sink.scope === 'private' && sink.addresses.length === 0)
      faults.push(fault('addresses', 'is empty; allowed for a private CAP message: at least one'))
    if (sink.scope === 'restricted' && sink.restriction === '')
      faults.push(fault('restriction', 'is empty; allowed for a restricted CAP message: the rule that limits it'))
    if (sink.scope === 'public' && sink.personal)
      faults.push(fault('personal', 'is true; allowed for a public CAP message: false'))
    return faults
  })
}

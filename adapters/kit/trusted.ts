/** Addresses and networks of closed lines, whose senders count as proven. */
import { BlockList, isIP } from 'node:net'

/** Tells whether an address is one of these; throws at an entry that is neither an address nor a network, naming the setting. */
export function trustedList(entries: readonly string[], setting: string): (address: string) => boolean {
  const list = new BlockList()
  for (const entry of entries) {
    const [address = '', bits] = entry.split('/')
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4'
    if (isIP(address) === 0) throw new Error(`${setting}: ${entry} is no address or network`)
    if (bits === undefined) list.addAddress(address, family)
    else list.addSubnet(address, Number(bits), family)
  }
  return address => isIP(address) !== 0 && list.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4')
}

/** What the simulated sources of the benches are called, the same for the registry and for the load. */

export const boxName = (n: number): string => `box-${n}`
export const phoneNumber = (n: number): string => String(7_000_000 + n)
export const taxiPhone = (n: number): string => String(13_900_000_000 + n).padStart(12, '0')

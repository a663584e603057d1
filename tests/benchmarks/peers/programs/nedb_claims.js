// A claim as a bot on NeDB keeps it: one document per person, appended to a file that is never synced.
'use strict'
const path = require('node:path')
const readline = require('node:readline')

// Both packages are looked up where the program was started: in the environment made for it.
const home = path.join(process.cwd(), 'node_modules', '@seald-io', 'nedb')
const Datastore = require(home)
const { version } = require(path.join(home, 'package.json'))

const folder = process.argv[2]

async function play (round, claims) {
  const filename = path.join(folder, `claims-${round}.db`)
  const store = new Datastore({ filename })
  await store.loadDatabaseAsync()
  const began = process.hrtime.bigint()
  // The person is the key, so a second claim of theirs would be refused; numbers are counted in memory.
  const answered = await Promise.all(Array.from({ length: claims }, async (_, n) => {
    const kept = await store.insertAsync({ _id: `v${n}`, number: n + 1, at: Date.now() })
    return [kept._id, kept.number]
  }))
  const seconds = Number(process.hrtime.bigint() - began) / 1e9
  const again = new Datastore({ filename })
  await again.loadDatabaseAsync()
  const stored = again.getAllData().map(each => [each._id, each.number])
  return { seconds, answered, stored }
}

async function serve () {
  console.log(JSON.stringify({ introduction: `@seald-io/nedb ${version} on Node ${process.versions.node}` }))
  for await (const line of readline.createInterface({ input: process.stdin })) {
    const asked = JSON.parse(line)
    console.log(JSON.stringify(await play(asked.round, asked.claims)))
  }
}

serve()

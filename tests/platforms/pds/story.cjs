// Starts a real PDS and PLC, lets made-up people live through a day by the official client, prints what is
// where as one line of JSON, and serves until its standard input closes.
const { createRequire } = require('node:module')
const { join } = require('node:path')
const from = createRequire(join(process.cwd(), 'package.json'))
const { TestNetworkNoAppView } = from('@atproto/dev-env')
const { lexicons } = from('@atproto/api')
const { P256Keypair, verifySignature } = from('@atproto/crypto')
const { MemoryBlockstore, Repo, WriteOpAction, getRecords } = from('@atproto/repo')
const { RichText } = from('@atproto/api')

const PNG = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNk+A8AAQUBAScY42YAAAAASUVORK5CYII=', 'base64')
const MP4 = Buffer.from('0000001c667479706d703432000000006d70343269736f6d000000086d646174', 'hex')

async function person (network, name) {
  const agent = network.pds.getClient()
  await agent.createAccount({ handle: `${name}.test`, email: `${name}@mail.test`, password: 'made-up' })
  return agent
}

async function tagged (agent, text, more = {}) {
  const rich = new RichText({ text })
  rich.detectFacetsWithoutResolution()
  return agent.post({ text: rich.text, facets: rich.facets, ...more })
}

async function story (network) {
  const [ann, bob, carol, dave, erin] = [
    await person(network, 'ann'), await person(network, 'bob'), await person(network, 'carol'),
    await person(network, 'dave'), await person(network, 'erin')
  ]
  const posts = {}
  posts.tag = await tagged(ann, 'For #AnnForTheAward and #TopSocial')
  const photo = async () => (await ann.uploadBlob(PNG, { encoding: 'image/png' })).data.blob
  posts.photos = await ann.post({
    text: 'two photos',
    embed: { $type: 'app.bsky.embed.images', images: [{ image: await photo(), alt: 'one' }, { image: await photo(), alt: 'two' }] }
  })
  const film = (await ann.uploadBlob(MP4, { encoding: 'video/mp4' })).data.blob
  posts.video = await ann.post({ text: 'a film', embed: { $type: 'app.bsky.embed.video', video: film } })
  posts.link = await ann.post({
    text: 'a link',
    embed: { $type: 'app.bsky.embed.external', external: { uri: 'https://there.test/', title: 't', description: 'd' } }
  })
  posts.gone = await tagged(ann, 'soon gone #AnnForTheAward')
  await ann.deletePost(posts.gone.uri)
  posts.quote = await tagged(bob, 'I agree #AnnForTheAward', { embed: { $type: 'app.bsky.embed.record', record: posts.tag } })
  posts.repost = await bob.repost(posts.tag.uri, posts.tag.cid)
  posts.like = await bob.like(posts.tag.uri, posts.tag.cid)
  posts.taken = await carol.repost(posts.tag.uri, posts.tag.cid)
  await carol.deleteRepost(posts.taken.uri)
  posts.korean = await tagged(carol, '투표해요 #앤에게투표 #AnnForTheAward')
  posts.daves = await tagged(dave, 'mine #TopSocial')
  for (let number = 0; number < 30; number++) await bob.post({ text: `number ${number}` })
  posts.last = await tagged(bob, 'and one more #TopSocial')
  await ann.com.atproto.identity.updateHandle({ handle: 'ann-official.test' })
  await erin.com.atproto.server.deactivateAccount({})
  await dave.com.atproto.admin.updateSubjectStatus(
    { subject: { $type: 'com.atproto.admin.defs#repoRef', did: dave.did }, takedown: { applied: true } },
    { encoding: 'application/json', headers: network.pds.adminAuthHeaders() }
  )
  const dids = { ann: ann.did, bob: bob.did, carol: carol.did, dave: dave.did, erin: erin.did }
  const uris = Object.fromEntries(Object.entries(posts).map(([name, post]) => [name, post.uri]))
  return { dids, posts: uris }
}

// A repository under a P-256 key, which no PDS makes by itself: by the library that the PDS uses.
async function otherKey () {
  const keypair = await P256Keypair.create({ exportable: true })
  const did = 'did:web:p256.test'
  const storage = new MemoryBlockstore()
  let repo = await Repo.create(storage, did, keypair)
  for (let number = 0; number < 20; number++) {
    const record = { $type: 'app.bsky.feed.post', text: `#Tag${number}`, createdAt: '2026-11-18T00:00:00.000Z' }
    repo = await repo.applyWrites(
      [{ action: WriteOpAction.Create, collection: 'app.bsky.feed.post', rkey: `3k${number}aaaaaaaaaaa`.slice(0, 13), record }], keypair)
  }
  const rkey = '3k7aaaaaaaaaaa'.slice(0, 13)
  const chunks = []
  for await (const chunk of getRecords(storage, repo.cid, [{ collection: 'app.bsky.feed.post', rkey }])) chunks.push(chunk)
  return { did, key: keypair.did(), path: `app.bsky.feed.post/${rkey}`, car: Buffer.concat(chunks).toString('base64') }
}

async function main () {
  if (process.argv[2] === 'check') { // standard input: [[method, answer], …]
    let text = ''
    for await (const chunk of process.stdin) text += chunk
    const wrong = []
    for (const [method, answer] of JSON.parse(text)) {
      try { lexicons.assertValidXrpcOutput(method, answer) } catch (error) { wrong.push(`${method}: ${error.message}`) }
    }
    process.stdout.write(JSON.stringify(wrong) + '\n')
    return
  }
  const network = await TestNetworkNoAppView.create({})
  const told = await story(network)
  await network.processAll()
  const facts = { pds: network.pds.url, plc: network.plc.url, ...told, other: await otherKey() }
  process.stdout.write(JSON.stringify(facts) + '\n')
  process.stdin.resume()
  process.stdin.on('end', async () => { await network.close(); process.exit(0) })
}

main().catch((error) => { console.error(error); process.exit(1) })

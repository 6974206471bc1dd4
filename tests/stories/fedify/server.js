// A server made with Fedify, which we did not write: it says each thing that it understood, one line of JSON each.
// It follows ACTOR, is followed back, and writes to them; everything signed and checked by Fedify's own code.
import { createFederation, generateCryptoKeyPair, MemoryKvStore } from "@fedify/fedify";
import { verifyObject } from "@fedify/fedify/sig";
import * as vocab from "@fedify/fedify/vocab";
import { createServer } from "node:http";

const { Accept, Announce, Create, Delete, Endpoints, Follow, Like, Mention, Note, Person, Undo, Update } = vocab;
const tell = (what, about) => console.log(JSON.stringify([what, about ?? null]));
const federation = createFederation({ kv: new MemoryKvStore(), allowPrivateAddress: true, origin: process.env.BASE });
const base = process.env.BASE;
const pairs = [await generateCryptoKeyPair("RSASSA-PKCS1-v1_5"), await generateCryptoKeyPair("Ed25519")];
const notes = new Map();
const followers = new Map();
let follow = null;

federation
  .setActorDispatcher("/users/{identifier}", async (context, name) => {
    if (name !== "fay") return null;
    const keys = await context.getActorKeyPairs(name);
    return new Person({
      id: context.getActorUri(name),
      preferredUsername: name,
      name: "Fay",
      inbox: context.getInboxUri(name),
      followers: context.getFollowersUri(name),
      endpoints: new Endpoints({ sharedInbox: context.getInboxUri() }),
      publicKey: keys[0].cryptographicKey,
      assertionMethods: keys.map((key) => key.multikey),
    });
  })
  .setKeyPairsDispatcher(() => pairs);
federation.setFollowersDispatcher("/users/{identifier}/followers", () => ({ items: [...followers.values()] }));
federation.setObjectDispatcher(Note, "/users/{identifier}/notes/{number}", (_, values) => notes.get(values.number) ?? null);
federation.setObjectDispatcher(Follow, "/users/{identifier}/follows/{number}", () => follow);
federation
  .setInboxListeners("/users/{identifier}/inbox", "/inbox")
  .on(Follow, async (context, activity) => {
    const who = await activity.getActor(context);
    followers.set(who.id.href, { id: who.id, inboxId: who.inboxId });
    tell("follow", who.id.href);
    const answer = new Accept({ id: new URL("/accepts/1", base), actor: context.getActorUri("fay"), object: activity });
    await context.sendActivity({ identifier: "fay" }, who, answer);
  })
  .on(Accept, async (context, activity) => tell("accept", (await activity.getObject(context))?.id?.href))
  .on(Create, async (context, activity) => tell("create", (await activity.getObject(context)).content.toString()))
  .on(Update, async (context, activity) => tell("update", (await activity.getObject(context)).content?.toString()))
  .on(Delete, (_, activity) => tell("delete", activity.objectId?.href))
  .on(Like, (_, activity) => tell("like", activity.objectId?.href))
  .on(Announce, (_, activity) => tell("announce", activity.objectId?.href))
  .on(Undo, async (context, activity) => tell("undo", (await activity.getObject(context))?.constructor.name))
  .onError((_, error) => tell("error", error.message));

const server = createServer(async (request, response) => {
  const parts = [];
  for await (const part of request) parts.push(part);
  const body = ["GET", "HEAD"].includes(request.method) ? undefined : Buffer.concat(parts);
  const sent = body?.length ? JSON.parse(body) : {};
  if (sent.proof) {
    const context = federation.createContext(new URL(base), undefined);
    const loader = await context.getDocumentLoader({ identifier: "fay" });
    const options = { documentLoader: loader, contextLoader: context.contextLoader };
    tell((await verifyObject(vocab.Activity, sent, options)) ? "proven" : "not proven", sent.type);
  }
  const asked = new Request(base + request.url, { method: request.method, headers: request.headers, body });
  const answer = await federation.fetch(asked, { contextData: undefined });
  response.writeHead(answer.status, Object.fromEntries(answer.headers));
  response.end(Buffer.from(await answer.arrayBuffer()));
});
const { hostname, port } = new URL(base);
server.listen(Number(port), hostname, async () => {
  const context = federation.createContext(new URL(base), undefined);
  const loader = await context.getDocumentLoader({ identifier: "fay" });
  const options = { documentLoader: loader, contextLoader: context.contextLoader, allowPrivateAddress: true };
  const actor = await vocab.lookupObject(process.env.ACTOR, options);
  tell("found", actor.preferredUsername.toString());
  const handle = await vocab.lookupObject(process.env.HANDLE, options);
  tell("handle", handle?.id?.href);
  follow = new Follow({
    id: new URL("/users/fay/follows/1", base),
    actor: context.getActorUri("fay"),
    object: actor.id,
  });
  await context.sendActivity({ identifier: "fay" }, actor, follow);
  const to = vocab.PUBLIC_COLLECTION;
  const tags = [new Mention({ href: actor.id, name: "@ann" })];
  const note = new Note({
    id: new URL("/users/fay/notes/1", base),
    attribution: context.getActorUri("fay"),
    content: "<p>Hello from <b>Fay</b></p>",
    to,
    cc: actor.id,
    tags,
  });
  notes.set("1", note);
  const made = { id: new URL("/creates/1", base), actor: context.getActorUri("fay"), object: note, to, cc: actor.id };
  await context.sendActivity({ identifier: "fay" }, actor, new Create(made));
  tell("sent");
});

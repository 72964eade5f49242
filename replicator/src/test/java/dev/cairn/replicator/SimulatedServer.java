package dev.cairn.replicator;

import dev.cairn.cas.ObjectId;
import dev.cairn.cas.ObjectStore;
import dev.cairn.cas.RepositoryId;
import dev.cairn.cas.UnspeltHeader;
import dev.cairn.cas.memory.InMemoryObjectStore;
import dev.cairn.replicator.protocol.FrameReader;
import dev.cairn.replicator.protocol.Problem;
import dev.cairn.replicator.protocol.ProblemCode;
import dev.cairn.replicator.protocol.ProblemException;
import dev.cairn.replicator.protocol.ProtocolLimits;
import dev.cairn.replicator.protocol.Request;
import dev.cairn.replicator.protocol.RequestCodec;
import dev.cairn.replicator.protocol.Response;
import dev.cairn.replicator.protocol.ResponseCodec;
import dev.cairn.replicator.protocol.Role;
import dev.cairn.replicator.protocol.Route;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A server without a network: the real service over a store in memory. Every message goes through its encoding and back.
 * Made by the first push, as a real one is.
 */
final class SimulatedServer {

    final ProtocolLimits limits;

    /** The number of the device whose requests come. */
    int uploader = 1;

    private final RequestCodec requests;
    private @Nullable InMemoryObjectStore store;

    /** Whether it knows nothing of diffs through history. */
    boolean isOlder;

    /** How often each object came in a batch. */
    final Map<ObjectId, Integer> objectsReceived = new HashMap<>();

    SimulatedServer(ProtocolLimits limits) {
        this.limits = limits;
        this.requests = new RequestCodec(limits);
    }

    ObjectStore store() {
        if (store == null) {
            throw new IllegalStateException("nothing was pushed yet");
        }
        return store;
    }

    /** Puts a store in place of what was pushed. */
    void serve(InMemoryObjectStore other) {
        store = other;
    }

    /** All frames of the answer, the last one final. */
    List<Response> answer(Request request, Role role) {
        Request decoded = requests.decode(request.route(), frames(requests.encode(request)));
        Route route = request.route();
        List<Response> answer = new ArrayList<>();
        try {
            switch (handle(decoded, role)) {
                case Answer.Whole(Response.One one) -> answer.add(one);
                case Answer.Streamed(ResponseStream stream) -> {
                    Response next;
                    do {
                        next = stream.next();
                        answer.add(next);
                    } while (!(next instanceof Response.End));
                }
            }
        } catch (ProblemException e) {
            answer.add(e.problem());
        }
        return answer.stream()
                .map(response -> recoded(request, route, response))
                .toList();
    }

    private Answer handle(Request request, Role role) {
        if (request instanceof Request.Create(RepositoryId repository, byte[] configuration) && store == null) {
            serve(new InMemoryObjectStore(repository));
        }
        InMemoryObjectStore served = store;
        if (served == null) {
            throw new ProblemException(Problem.of(ProblemCode.NO_REPOSITORY, "nothing here", ""));
        }
        if (request instanceof Request.Batch batch) {
            for (Request.Upload upload : batch.records()) {
                UnspeltHeader.read(ByteBuffer.wrap(upload.record()), "a test")
                        .provided()
                        .forEach(object -> objectsReceived.merge(object.id(), 1, Integer::sum));
            }
        }
        RepositoryService service = new RepositoryService(served, uploader);
        if (request instanceof Request.Diff diff && isOlder) {
            return service.answer(new Request.Diff(diff.want(), diff.have(), diff.skip(), diff.refused(), false), role);
        }
        return service.answer(request, role);
    }

    private static Response recoded(Request request, Route route, Response response) {
        if (response instanceof Problem problem) {
            return problem;
        }
        List<byte[]> frames = frames(List.of(ResponseCodec.encode(route, response, true)));
        return ResponseCodec.decode(request, frames.getFirst());
    }

    private static List<byte[]> frames(List<byte[]> encoded) {
        FrameReader reader = new FrameReader(ProtocolLimits.DEFAULT.frameBytes());
        List<byte[]> frames = new ArrayList<>();
        encoded.forEach(bytes -> frames.addAll(reader.read(bytes)));
        if (!reader.atFrameEnd()) {
            throw new IllegalStateException("half a frame is left");
        }
        return frames;
    }
}

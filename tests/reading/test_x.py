import time, pytest
from .desk import Desk
async def test_x(desks):
    d=desks["sqlite"]
    for q in ('{partners(inForce:false){nodes{name}}}','{partners(inForce:true){nodes{name}}}','{partners(organismId:"org_751"){nodes{name}}}','{partners(kind:ESAT){nodes{name}}}','{partners(mode:DELEGATED){nodes{name}}}','{partners(serviceId:"svc_CDAP"){nodes{name}}}','{groups(partnerId:"ptr_99990001200025"){nodes{name}}}','{users(partnerId:"ptr_99990001200025"){nodes{familyName}}}','{journal(actorId:"usr_agent-paris"){nodes{act}}}'):
        print(q, len(list((await d.answer("admin-national",q)).values())[0]["nodes"]))
    from graphql import get_argument_values
    a=d.graph.schema.query_type.fields["partners"].args
    print({k:v.out_name for k,v in a.items()})
